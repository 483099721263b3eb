import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Inspection } from '../../../src/core/inspection';
import { BrokenBundle } from '../../../src/rauc/broken';
import { inspectBundle } from '../../../src/rauc/inspect';
import { parseManifest } from '../../../src/rauc/manifest';
import { bufferSource } from '../../../src/rauc/source';
import { readManifestFromSquashfs } from '../../../src/rauc/squashfs';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import { inlineManifest, profileFor, takeApart, testNow } from '../../support/bundle-surgery';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

/** Another one each time; to repeat a failure: `FUZZ_SEED=<seed of the message> npx jest fuzz`. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** For each of the targets. */
const durationMs = Number(process.env['FUZZ_MS'] ?? 2_500);
const leastCases = 100;
/** Of processor time, for one case. */
const caseLimitMs = 2_000;
const maxGrowthBytes = 300 << 20;

/** mulberry32: small, fast, and the same everywhere. */
function randomOf(initial: number): (below: number) => number {
  let state = initial;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
type Random = ReturnType<typeof randomOf>;

const interesting = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xff, 0x30, 0x31, 0x04, 0x24];

/** One to four changes: bits, bytes, lengths, ranges that are lost, doubled, moved or overwritten. */
function mutate(original: Buffer, random: Random, from: number, to: number): Buffer {
  let bytes = Buffer.from(original);
  for (let n = 1 + random(4); n > 0 && bytes.length > 0; n--) {
    const end = Math.min(to, bytes.length);
    const at = Math.min(from + random(Math.max(1, end - from)), bytes.length - 1);
    const size = 1 + random(random(2) === 0 ? 4 : 200);
    const other = random(bytes.length);
    switch (random(8)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
      case 3:
        bytes[at] = interesting[random(interesting.length)] ?? 0;
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)]);
        break;
      case 6:
        bytes.copy(bytes, at, other, other + size);
        break;
      default:
        if (random(4) === 0) bytes = bytes.subarray(0, at);
        else bytes[at] = ((bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255)) & 0xff;
    }
  }
  return bytes;
}

/** What is no longer used does not count as filling the memory. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** Runs cases until the time is over; a failure names its seed. */
async function fuzz(run: (random: Random) => Promise<void>): Promise<number> {
  collectGarbage();
  const rssBefore = process.memoryUsage().rss;
  const startedAt = performance.now();
  let cases = 0;
  // A busy machine may have no time left at all.
  while (performance.now() - startedAt < durationMs || cases <= leastCases) {
    const used = process.cpuUsage(); // not the time on the wall: other programs may be busy
    try {
      await run(randomOf(seed + cases));
      const { user, system } = process.cpuUsage(used);
      expect((user + system) / 1000).toBeLessThan(caseLimitMs);
    } catch (error) {
      throw new Error(
        `FUZZ_SEED=${seed + cases}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
        {
          cause: error,
        },
      );
    }
    cases++;
  }
  collectGarbage();
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan(maxGrowthBytes);
  return cases;
}

interface Subject {
  readonly bytes: Buffer;
  readonly payload: Buffer;
  readonly inspection: Inspection;
  readonly inspect: (bytes: Buffer) => Promise<Inspection>;
}

async function subject(options: BundleOptions, kind: SignerKind): Promise<Subject> {
  const bundle = await makeBundle({ imageSizeBytes: 8192, ...options, signer: await bundleSigner(kind) });
  const bytes = await readFile(bundle.path);
  const profile = await profileFor(bundle.keyringPath);
  const inspect = (input: Buffer) => inspectBundle(bufferSource(input), profile, testNow);
  return { bytes, payload: takeApart(bytes).payload, inspection: await inspect(bytes), inspect };
}

/**
 * A changed file may stay trusted only when nothing changed that a device would act on: same payload, same manifest, same
 * signer. That leaves bits that no signature covers, such as the version number of the CMS.
 */
function expectSame(changed: Inspection, bytes: Buffer, original: Subject): void {
  expect(bytes.subarray(0, changed.payloadSizeBytes ?? 0).equals(original.payload)).toBe(true);
  const { manifestHash, manifest, format, signerChain } = original.inspection;
  expect(changed).toMatchObject({ manifestHash, manifest, format, signerChain, encrypted: false });
}

describe('a mutated bundle', () => {
  it('never crashes, hangs, fills the memory, or is trusted', async () => {
    const recipients = [await bundleSigner('rsa'), await bundleSigner('ec')];
    const subjects = await Promise.all([
      subject({}, 'ec'),
      subject({}, 'intermediate-rsa'),
      subject({ format: 'plain' }, 'ec'),
      subject({ format: 'plain' }, 'rsa'),
      subject({ format: 'crypt', rauc: 'sid', recipients }, 'ec'),
    ]);
    const seen = new Set<string>();
    const cases = await fuzz(async (random) => {
      const original = subjects[random(subjects.length)];
      if (original === undefined) throw new Error('no subject');
      // Mostly the CMS and the trailer: each changed bit of a payload ends in the same comparison.
      const from = random(10) === 0 ? 0 : original.payload.length;
      const bytes = mutate(original.bytes, random, from, original.bytes.length);
      const inspection = await original.inspect(bytes);
      seen.add(inspection.reasons[0]?.code ?? inspection.verdict);
      if (inspection.verdict === 'trusted') expectSame(inspection, bytes, original);
      if (inspection.verdict === 'unchecked') expect(inspection.encrypted).toBe(true);
    });
    expect(cases).toBeGreaterThan(100);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'signature-length',
        'signature-encoding',
        'signature-mismatch',
        'content-damaged',
      ]),
    );
  });

  it('can only be refused for its lengths when those alone are wrong', async () => {
    const original = await subject({}, 'ec');
    const lengthAt = original.bytes.length - 8;
    await fuzz(async (random) => {
      const bytes = Buffer.from(original.bytes);
      const declared = [random(2 ** 31), random(70_000), random(4000), 2 ** 40 + random(9)][random(4)] ?? 0;
      bytes.writeBigUInt64BE(BigInt(declared), lengthAt);
      const inspection = await original.inspect(bytes);
      if (bytes.equals(original.bytes)) return;
      expect(inspection.verdict).toBe('broken');
    });
  }, 20_000);
});

describe('a mutated squashfs', () => {
  it('never crashes, hangs or fills the memory', async () => {
    const comps = ['gzip', 'zstd'];
    const payloads = await Promise.all(
      comps.map(async (name) => {
        const options = {
          format: 'plain',
          imageSizeBytes: 8192,
          mksquashfsArgs: `-comp ${name} -b 4096`,
        } as const;
        return takeApart(await readFile((await makeBundle(options)).path)).payload;
      }),
    );
    let found = 0;
    const cases = await fuzz(async (random) => {
      const original = payloads[random(payloads.length)] ?? Buffer.alloc(0);
      // The superblock, or the tables behind the image of 8192 bytes.
      const bytes =
        random(3) === 0 ? mutate(original, random, 0, 96) : mutate(original, random, 8192, original.length);
      try {
        const manifest = await readManifestFromSquashfs(bufferSource(bytes), bytes.length);
        if (Buffer.isBuffer(manifest)) found++;
      } catch (error) {
        if (!(error instanceof BrokenBundle)) throw error;
      }
    });
    expect(cases).toBeGreaterThan(100);
    expect(found).toBeGreaterThan(0);
  });
});

describe('a mutated manifest', () => {
  it('is parsed or refused, and never names a path', async () => {
    const { cms } = takeApart(await readFile((await makeBundle()).path));
    const original = Buffer.from(
      `${await inlineManifest(cms)}\n[hooks]\nfilename=h.sh\nhooks=install-check;\n[meta.a]\nb=c\\sd\n[image.b.c]\nfilename=../x.tar\nadaptive=a\\;b;c\n`.replace(
        '../',
        '',
      ),
    );
    let parsed = 0;
    await fuzz((random) => {
      const bytes = mutate(original, random, 0, original.length);
      try {
        const { manifest } = parseManifest(bytes, 'signature');
        parsed++;
        for (const image of manifest.images) expect(image.filename ?? '').not.toContain('/');
      } catch (error) {
        if (!(error instanceof BrokenBundle)) throw error;
      }
      return Promise.resolve();
    });
    expect(parsed).toBeGreaterThan(0);
  });
});
