import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { protocols } from '../support/device-client';
import { eventually } from '../support/eventually';
import { ExactReader, type KnownBundle, type ReadCounts } from '../support/exact-reader';
import { temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

/** How long at least; two rounds however long they take. `npm run test:bytes` takes longer. */
const seconds = Number(process.env['EXACT_BYTES_SECONDS'] ?? 0);
const leastRounds = 2;
/** In each round. */
const leastAnswers = 150;
const leastReplaced = 2;
/** Ends a round that hangs; a busy machine may be slow. */
const roundDeadlineMs = 120_000;

const env = { BUNDLE_CACHE: '512KiB' }; // four blocks: they go all the time

/** Two of one size, so that bytes of one could stand in for those of the other. */
async function makeBundles(): Promise<readonly KnownBundle[]> {
  const sizes = [400, 1_600, 1_600, 2_300];
  return Promise.all(
    sizes.map(async (size, index) => {
      const made = await makeBundle({ imageSizeBytes: size << 10, seed: `exact-${index}` });
      return { name: `exact-${index}.raucb`, sha256: made.sha256, bytes: await readFile(made.path) };
    }),
  );
}

async function upload({ adminUrl }: ServerProcess, name: string, bytes: Buffer): Promise<number> {
  const body = new FormData();
  body.set('bundle', new Blob([new Uint8Array(bytes)]), name);
  const answer = await fetch(`${adminUrl}/upload`, { method: 'POST', body });
  await answer.arrayBuffer();
  return answer.status;
}

async function remove({ adminUrl }: ServerProcess, name: string): Promise<number> {
  const answer = await fetch(`${adminUrl}/delete/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ force: true }), // devices are reading it
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Deletes bundles and uploads them again, one after the other, while servers come and go. */
class Replacing {
  replaced = 0;
  readonly wrong: string[] = [];
  readonly #gone = new Set<KnownBundle>();
  #isStopped = false;
  readonly #loop: Promise<void>;

  constructor(
    private readonly bundles: readonly KnownBundle[],
    private readonly server: () => Promise<ServerProcess>,
  ) {
    this.#loop = this.#replaceOn();
  }

  readonly stored = () => this.bundles.filter((bundle) => !this.#gone.has(bundle));

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#loop;
  }

  async #replaceOn(): Promise<void> {
    for (let turn = 0; !this.#isStopped; turn += 1) {
      const bundle = this.bundles[turn % this.bundles.length];
      const other = this.bundles[(turn + 1) % this.bundles.length];
      if (bundle === undefined || other === undefined) return;
      await this.#replace(bundle, other).catch(() => undefined); // the server was stopped meanwhile
    }
  }

  async #replace(bundle: KnownBundle, other: KnownBundle): Promise<void> {
    const server = await this.server();
    this.#gone.add(bundle);
    this.#expect('deleting', await remove(server, bundle.name), [200, 404]);
    this.#expect('other bytes under its name', await upload(server, bundle.name, other.bytes), [409]);
    const status = await upload(server, bundle.name, bundle.bytes);
    this.#expect('uploading again', status, [200, 201]);
    this.#gone.delete(bundle);
    this.replaced += 1;
  }

  #expect(what: string, status: number, expected: readonly number[]): void {
    if (!expected.includes(status)) this.wrong.push(`${what}: ${status}`);
  }
}

it(
  'devices read exact bytes while bundles are deleted, evicted and uploaded again, and the server is stopped and killed',
  async () => {
    const folder = await temporaryFolder();
    const bundles = await makeBundles();
    const first = await startServer({ folder, env });
    for (const { name, bytes } of bundles) expect(await upload(first, name, bytes)).toBe(201);
    const devices = await Promise.all(
      [...protocols, ...protocols].map(async (protocol, index) => {
        const id = `board-${index}`;
        expect((await cli(folder, 'cert', 'device', id)).code).toBe(0);
        const base = path.join(folder, 'certs/devices', id);
        const files = { cert: `${base}.crt`, key: `${base}.key`, ca: path.join(folder, 'certs/ca.crt') };
        return { protocol, files };
      }),
    );

    let running = Promise.resolve(first);
    const replacing = new Replacing(bundles, () => running);
    const url = async () => (await running).deviceUrl;
    const { stored } = replacing;
    const readers = devices.map((device) => new ExactReader({ ...device, parallel: 4, url, stored }));
    const sum = (of: keyof ReadCounts) => readers.reduce((total, { counts }) => total + counts[of], 0);
    const wrong = () => [...readers.flatMap((reader) => reader.wrong), ...replacing.wrong];

    const until = Date.now() + seconds * 1_000;
    for (let round = 0; round < leastRounds || Date.now() < until; round += 1) {
      const [answers, replaced] = [sum('exact') + leastAnswers, replacing.replaced + leastReplaced];
      await eventually(
        () => wrong().length > 0 || (sum('exact') >= answers && replacing.replaced >= replaced),
        roundDeadlineMs,
      );
      if (wrong().length > 0) break;
      const server = await running;
      const signal = round % 2 === 0 ? 'SIGKILL' : 'SIGTERM';
      running = server.stop(signal).then((code) => {
        if (code !== (signal === 'SIGKILL' ? -1 : 0)) replacing.wrong.push(`${signal}: exit code ${code}`);
        return startServer({ folder, env });
      });
      await running;
    }
    const last = sum('exact') + leastAnswers;
    await eventually(() => wrong().length > 0 || sum('exact') >= last, roundDeadlineMs);
    await Promise.all([replacing.stop(), ...readers.map((reader) => reader.stop())]);

    expect(wrong()).toEqual([]);
    for (const kind of ['exact', 'whole', 'inOrder', 'cutOff'] as const) expect(sum(kind)).toBeGreaterThan(0);
    const metrics = await (await fetch(`${(await running).adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^rauc_bundle_cache_evictions_total [1-9]/m);
    expect(metrics).toMatch(/^rauc_bundle_cache_reads_total\{result="hit"\} [1-9]/m);
    expect(await (await running).stop()).toBe(0);
  },
  (seconds + 480) * 1_000,
);
