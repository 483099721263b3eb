import { randomInt } from 'node:crypto';
import { type Answer, connectDevice, type DeviceClient, type Protocol } from './device-client';
import type { ClientFiles } from './device-listener';

/** A bundle, as it was uploaded. */
export interface KnownBundle {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

export interface ExactReading {
  readonly protocol: Protocol;
  readonly files: ClientFiles;
  /** Requests in progress at once. */
  readonly parallel: number;
  /** Where the server is now; waits while there is none. */
  readonly url: () => Promise<string>;
  /** What can be read at the moment. */
  readonly stored: () => readonly KnownBundle[];
}

const kib = 1 << 10;

/** What was read: whole answers by their kind, and those that ended early or were refused. */
export interface ReadCounts {
  exact: number;
  whole: number;
  inOrder: number;
  cutOff: number;
  missing: number;
}

interface Asked {
  readonly bundle: KnownBundle;
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

/** A device that reads random parts of bundles, and some in order, and compares every byte, until it is stopped. */
export class ExactReader {
  readonly counts: ReadCounts = { exact: 0, whole: 0, inOrder: 0, cutOff: 0, missing: 0 };
  /** What was wrong, in words. */
  readonly wrong: string[] = [];
  #client: Promise<DeviceClient> | undefined;
  #isStopped = false;
  readonly #loops: readonly Promise<void>[];

  constructor(private readonly reading: ExactReading) {
    this.#loops = Array.from({ length: reading.parallel }, () => this.#readOn());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
    await this.#client?.then((client) => client.close());
  }

  async #readOn(): Promise<void> {
    const isStopped = () => this.#isStopped;
    while (!isStopped()) {
      for (const asked of choose(this.reading.stored())) {
        if (isStopped() || !(await this.#read(asked))) break;
      }
    }
  }

  /** @returns whether it was answered */
  async #read(asked: Asked): Promise<boolean> {
    const url = await this.reading.url();
    const { protocol, files } = this.reading;
    const client = (this.#client ??= connectDevice(url, files, protocol));
    try {
      this.#check(asked, await request(await client, asked));
      return true;
    } catch {
      this.counts.cutOff += 1;
      if (this.#client === client) this.#client = undefined;
      void client.then((old) => old.close()).catch(() => undefined);
      return false;
    }
  }

  #check({ bundle, start, end }: Asked, { status, headers, body }: Answer): void {
    const isWhole = start === 0 && end === bundle.bytes.length;
    if (status === 404) {
      this.counts.missing += 1;
      return;
    }
    const what = `${bundle.name} ${start}-${end} over ${this.reading.protocol}`;
    if (status !== (isWhole ? 200 : 206) || headers['etag'] !== `"${bundle.sha256}"`) {
      this.wrong.push(`${what}: ${status} ${body.toString('utf8', 0, 300)}`);
      return;
    }
    if (body.length < end - start) throw new Error('the answer was cut off');
    if (!body.equals(bundle.bytes.subarray(start, end))) this.wrong.push(`${what}: wrong bytes`);
    this.counts.exact += 1;
    this.counts.whole += isWhole ? 1 : 0;
    this.counts.inOrder += start > 0 && end - start === stepBytes && start % stepBytes === 0 ? 1 : 0;
  }
}

const stepBytes = 32 * kib;

/** A random range, a whole bundle, or some ranges in order. */
function choose(stored: readonly KnownBundle[]): Asked[] {
  const bundle = stored[randomInt(stored.length)];
  if (bundle === undefined) return [];
  const size = bundle.bytes.length;
  const kind = randomInt(20);
  if (kind === 0) return [{ bundle, start: 0, end: size }];
  if (kind < 3) {
    const first = randomInt(Math.floor(size / stepBytes) - 8);
    return Array.from({ length: 8 }, (_, step) => ({
      bundle,
      start: (first + step) * stepBytes,
      end: (first + step + 1) * stepBytes,
    }));
  }
  // As RAUC asks for them, or from anywhere.
  const length = kind < 9 ? 4 * kib : kind < 14 ? 128 * kib : 4 * kib + randomInt(1020 * kib);
  const start = kind < 14 ? randomInt(Math.ceil(size / length)) * length : randomInt(size - 4 * kib);
  const end = Math.min(size, start + length);
  return start === 0 && end === size ? [] : [{ bundle, start, end }];
}

function request(client: DeviceClient, { bundle, start, end }: Asked): Promise<Answer> {
  const { name, sha256, bytes } = bundle;
  const target = randomInt(2) === 0 ? `/bundles/${name}` : `/bundles/${sha256}/${name}`;
  const isWhole = start === 0 && end === bytes.length;
  return client.request(target, isWhole ? {} : { range: `bytes=${start}-${end - 1}` });
}
