import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { makeBundle } from '../../support/bundle-factory';
import {
  type BundleParts,
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
} from '../../support/bundle-surgery';
import { bundleSigner } from '../../support/test-pki';

interface Verity extends BundleParts {
  readonly bytes: Buffer;
  readonly manifest: string;
}

let verity: Verity;
let plain: BundleParts;

beforeAll(async () => {
  const bytes = await readFile((await makeBundle()).path);
  const parts = takeApart(bytes);
  verity = { ...parts, bytes, manifest: await inlineManifest(parts.cms) };
  plain = takeApart(await readFile((await makeBundle({ format: 'plain' })).path));
});

async function judge(bundle: Buffer): Promise<string> {
  const { verdict, reasons } = await inspectBytes(bundle, await profileFor((await bundleSigner()).caPath));
  return verdict === 'broken' ? (reasons[0]?.code ?? 'broken') : verdict;
}

/** A bundle with another manifest, signed by someone trusted. */
async function withManifest(text: string | Buffer, payload = verity.payload): Promise<Buffer> {
  return putTogether({ payload, cms: await sign(text, await bundleSigner()) });
}

/** A plain bundle with another payload, signed by someone trusted. */
async function withPayload(payload: Buffer): Promise<Buffer> {
  return putTogether({ payload, cms: await sign(payload, await bundleSigner(), { detached: true }) });
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

describe('what makes these tests worth something', () => {
  it('a bundle put together again is trusted', async () => {
    expect(await judge(putTogether(verity))).toBe('trusted');
    expect(await judge(putTogether(plain))).toBe('trusted');
    expect(await judge(await withManifest(verity.manifest))).toBe('trusted');
    expect(await judge(await withPayload(plain.payload))).toBe('trusted');
  });
});

describe('a file that is not a bundle', () => {
  it('is too short (H1)', async () => {
    expect(await judge(Buffer.alloc(0))).toBe('too-short');
    expect(await judge(Buffer.alloc(7))).toBe('too-short');
  });

  it('declares an impossible signature length (H2, H3, H4)', async () => {
    expect(await judge(Buffer.alloc(8))).toBe('signature-length');
    const declare = (length: bigint) => judge(putTogether(verity, length));
    expect(await declare(0n)).toBe('signature-length');
    expect(await declare(2n ** 64n - 1n)).toBe('signature-length');
    expect(await declare(BigInt(verity.bytes.length - 7))).toBe('signature-length');
    expect(await declare(65_537n)).toBe('signature-length');
    const littleEndian = Buffer.alloc(8);
    littleEndian.writeBigUInt64LE(BigInt(verity.cms.length));
    expect(await declare(littleEndian.readBigUInt64BE())).toBe('signature-length');
  });

  it('declares a signature length that is a little off (H5)', async () => {
    for (const off of [-1n, 1n, 7n, 4096n]) {
      expect(await judge(putTogether(verity, BigInt(verity.cms.length) + off))).toMatch(
        /^(payload-alignment|signature-encoding)$/,
      );
    }
  });

  it('is cut short or has a byte too many (H3)', async () => {
    for (const size of [1, 8, 100, 4096, verity.bytes.length - 9, verity.bytes.length - 1]) {
      expect(await judge(verity.bytes.subarray(0, size))).toMatch(/^(too-short|signature-length)$/);
    }
    expect(await judge(Buffer.concat([verity.bytes, Buffer.alloc(1)]))).toBe('signature-length');
  });

  it('has a signature and no payload (H6)', async () => {
    expect(await judge(putTogether({ payload: Buffer.alloc(0), cms: verity.cms }))).toBe('no-payload');
  });

  it('has a payload that is not made of blocks (H7)', async () => {
    const payload = Buffer.concat([verity.payload, Buffer.alloc(1)]);
    expect(await judge(putTogether({ payload, cms: verity.cms }))).toBe('payload-alignment');
  });

  it('has junk behind the signature (H8)', async () => {
    for (const junk of [1, 2, 500]) {
      const cms = Buffer.concat([verity.cms, Buffer.alloc(junk)]);
      expect(await judge(putTogether({ ...verity, cms }))).toBe('signature-junk');
    }
  });

  it('mixes the forms of plain and verity bundles (H12)', async () => {
    const signer = await bundleSigner();
    const detached = await sign(verity.payload, signer, { detached: true });
    // The squashfs of a verity bundle has a manifest too, one that says verity.
    const squashfs = verity.payload.subarray(0, verity.payload.length - veritySize());
    expect(await judge(putTogether({ payload: verity.payload, cms: detached }))).toBe('format-mismatch');
    expect(await judge(await withPayload(squashfs))).toBe('format-mismatch');
    expect(await judge(await withManifest('[update]\ncompatible=x\n[image.a]\nfilename=a.img\n'))).toBe(
      'format-mismatch',
    );
  });
});

function veritySize(): number {
  return Number(/verity-size=(\d+)/.exec(verity.manifest)?.[1]);
}

describe('a hash tree', () => {
  const withSize = (size: number | string, payload = verity.payload) =>
    withManifest(verity.manifest.replace(/verity-size=\d+/, `verity-size=${size}`), payload);

  it('of an impossible size is refused (H13)', async () => {
    const sizes = [
      4096 * 3,
      veritySize() - 4096,
      verity.payload.length,
      verity.payload.length + 4096,
      4097,
      0,
    ];
    for (const size of sizes) expect(await judge(await withSize(size))).toBe('verity-size');
    for (const size of ['-1', '0x1000', '99999999999999999999'])
      expect(await judge(await withSize(size))).toBe('manifest-syntax');
  });

  it('over a single block is refused: for dm-verity it would have no level (H13)', async () => {
    const [data, salt] = [Buffer.alloc(4096, 'hsqs'), Buffer.alloc(32, 1)];
    const hash = (block: Buffer) => createHash('sha256').update(salt).update(block).digest();
    const tree = Buffer.concat([hash(data)], 4096);
    const manifest = verity.manifest
      .replace(/verity-hash=.*/, `verity-hash=${hash(tree).toString('hex')}`)
      .replace(/verity-salt=.*/, `verity-salt=${salt.toString('hex')}`)
      .replace(/verity-size=.*/, 'verity-size=4096');
    expect(await judge(await withManifest(manifest, Buffer.concat([data, tree])))).toBe('verity-size');
  });

  it('with blocks behind it that it does not cover is refused, though rauc extract takes them (H13)', async () => {
    const payload = Buffer.concat([verity.payload, Buffer.alloc(4096)]);
    expect(await judge(await withSize(veritySize() + 4096, payload))).toBe('verity-size');
    expect(await judge(await withSize(veritySize(), payload))).toMatch(/^(verity-size|payload-damaged)$/);
  });

  it('with bytes behind its digests is refused, also when its root covers them (H13)', async () => {
    const salt = Buffer.from(/verity-salt=(\w+)/.exec(verity.manifest)?.[1] ?? '', 'hex');
    const withLastByte = (byte: number) => {
      const payload = Buffer.from(verity.payload); // its tree is a single block
      payload[payload.length - 1] = byte;
      const root = createHash('sha256').update(salt).update(payload.subarray(-4096)).digest('hex');
      return withManifest(verity.manifest.replace(/verity-hash=.*/, `verity-hash=${root}`), payload);
    };
    expect(veritySize()).toBe(4096);
    expect(await judge(await withLastByte(0))).toBe('trusted');
    expect(await judge(await withLastByte(1))).toBe('payload-damaged');
  });

  it.each(['verity-hash', 'verity-salt'])('with a bad %s is refused (H13)', async (key) => {
    const change = (value: string) =>
      withManifest(verity.manifest.replace(new RegExp(`${key}=[0-9a-f]+`), `${key}=${value}`));
    expect(await judge(await change('0'.repeat(64)))).toBe('payload-damaged');
    for (const value of ['', '0'.repeat(63), '0'.repeat(65), 'g'.repeat(64)])
      expect(await judge(await change(value))).toBe('manifest-content');
  });

  it('is missed when it is missing (H13)', async () => {
    const without = verity.manifest.replace(/verity-.*\n/g, '');
    expect(await judge(await withManifest(without))).toBe('manifest-content');
  });

  it('finds every flipped bit of data and tree, wherever it is (H14)', async () => {
    const { payload, cms } = verity;
    const last = payload.length - 1;
    const tree = payload.length - veritySize();
    for (const at of [0, 1, 4095, 4096, tree - 1, tree, tree + 31, tree + 4000, last]) {
      expect(await judge(putTogether({ payload: flipped(payload, at), cms }))).toBe('payload-damaged');
    }
  });

  it('finds flipped bits in each of its levels (H14)', async () => {
    const { payload, cms } = takeApart(await readFile((await makeBundle({ imageSizeBytes: 80 << 20 })).path));
    const treeBlocks = Number(/verity-size=(\d+)/.exec(await inlineManifest(cms))?.[1]) / 4096;
    expect(treeBlocks).toBeGreaterThan(160);
    const tree = payload.length - treeBlocks * 4096;
    for (const at of [
      4096 * 15_000,
      tree,
      tree + 4095,
      tree + 4096,
      tree + 2 * 4096,
      tree + 4 * 4096,
      payload.length - 1,
    ]) {
      const was = payload.readUInt8(at);
      payload.writeUInt8(was ^ 1, at);
      expect(await judge(putTogether({ payload, cms }))).toBe('payload-damaged');
      payload.writeUInt8(was, at);
    }
    expect(await judge(putTogether({ payload, cms }))).toBe('trusted');
  });

  it('finds a payload that lost whole blocks or was emptied (H14)', async () => {
    const { payload, cms } = verity;
    expect(await judge(putTogether({ payload: payload.subarray(4096), cms }))).toMatch(
      /^(payload-damaged|verity-size)$/,
    );
    expect(await judge(putTogether({ payload: Buffer.alloc(payload.length), cms }))).toBe('payload-damaged');
  });

  it('guards the ciphertext of a crypt bundle', async () => {
    const { payload, cms } = takeApart(await readFile((await makeBundle({ format: 'crypt' })).path));
    expect(await judge(putTogether({ payload: flipped(payload, 5000), cms }))).toBe('payload-damaged');
  });
});

describe('a manifest that is signed and yet unsound', () => {
  const insert = (line: string) => withManifest(verity.manifest.replace('[bundle]\n', `[bundle]\n${line}\n`));
  const append = (text: string) => withManifest(`${verity.manifest}\n${text}\n`);

  it('is refused for its syntax (H15)', async () => {
    expect(await judge(await withManifest(`\uFEFF${verity.manifest}`))).toBe('manifest-syntax');
    expect(await judge(await append('# \0'))).toBe('manifest-syntax');
    expect(await judge(await insert('format=verity'))).toBe('manifest-syntax');
    expect(await judge(await append('[update]\ncompatible=other'))).toBe('manifest-syntax');
    expect(await judge(await append('[meta.a]\nb=\\q'))).toBe('manifest-syntax');
    expect(await judge(await append('; comment'))).toBe('manifest-syntax');
    const invalid = Buffer.concat([Buffer.from(verity.manifest), Buffer.from('\n# \xff\n', 'latin1')]);
    expect(await judge(await withManifest(invalid))).toBe('manifest-syntax');
  });

  it('is refused for its content (H15)', async () => {
    expect(await judge(await insert('strange=1'))).toBe('manifest-content');
    expect(await judge(await append('[strange]\nkey=1'))).toBe('manifest-content');
    expect(await judge(await append('[image.]\nfilename=a.img'))).toBe('manifest-content');
    expect(await judge(await append('[image]\nfilename=a.img'))).toBe('manifest-content');
    expect(await judge(await withManifest(verity.manifest.replace(/compatible=.*/, '')))).toBe(
      'manifest-content',
    );
    expect(await judge(await withManifest(''))).toBe('format-mismatch');
  });

  it.each(['../rootfs.img', '/etc/passwd.img', 'a/b.img', '..'])(
    'is refused for the file name %s (H16)',
    async (name) => {
      const manifest = verity.manifest.replace('filename=rootfs.img', `filename=${name}`);
      expect(manifest).not.toBe(verity.manifest);
      expect(await judge(await withManifest(manifest))).toBe('manifest-content');
    },
  );

  it('is refused with an escape that hides a slash in no way (H16)', async () => {
    const manifest = verity.manifest.replace('filename=rootfs.img', 'filename=..\\/rootfs.img');
    expect(await judge(await withManifest(manifest))).toBe('manifest-syntax');
  });
});

describe('ASN.1 made to hurt (H17)', () => {
  const judgeCms = (cms: Buffer) => judge(putTogether({ payload: verity.payload, cms }));

  it('nested without end', async () => {
    const depth = 20_000;
    const indefinite = Buffer.concat([
      Buffer.alloc(depth * 2, Buffer.from([0x30, 0x80])),
      Buffer.alloc(depth * 2 - 32_000),
    ]);
    expect(await judgeCms(indefinite)).toBe('signature-encoding');
    let definite = Buffer.alloc(0);
    for (let i = 0; i < 1000; i++) {
      const length = Buffer.alloc(4);
      length.writeUInt16BE(definite.length, 2);
      definite = Buffer.concat([Buffer.from([0x30, 0x82]), length.subarray(2), definite]);
    }
    expect(await judgeCms(definite)).toBe('signature-encoding');
  });

  it('made of very many elements', async () => {
    const header = Buffer.from([0x30, 0x82, 0xea, 0x60]);
    expect(await judgeCms(Buffer.concat([header, Buffer.alloc(60_000, Buffer.from([5, 0]))]))).toBe(
      'signature-encoding',
    );
  });

  it.each([
    '30',
    '3080',
    '30840fffffff',
    '3088ffffffffffffffff',
    '308900000000000000000a',
    '1f8080808080',
    '0480',
    '0500',
    '30820000',
    '3000',
  ])('with impossible or missing lengths: %s', async (hex) => {
    expect(await judgeCms(Buffer.from(hex, 'hex'))).toBe('signature-encoding');
  });

  it('with a set of certificates that are none', async () => {
    for (const tag of [0x06, 0x04, 0x02, 0x31]) {
      const cms = Buffer.from(verity.cms);
      const certificates = cms.indexOf(Buffer.from([0xa0, 0x82]), 60); // [0] behind the manifest
      cms[certificates + 4] = tag;
      expect(await judgeCms(cms)).toMatch(/^signature-(encoding|invalid)$/);
    }
  });
});
