import { deflateSync } from 'node:zlib';
import { decompressor } from '../../../src/rauc/squashfs-compression';

const [gzip, zstd] = [1, 6].map((id) => {
  const made = decompressor(id);
  if (made === undefined) throw new Error('it is supported');
  return made;
}) as [NonNullable<ReturnType<typeof decompressor>>, NonNullable<ReturnType<typeof decompressor>>];

/** A Zstandard frame of one block that is stored as it is (RFC 8878). @param header behind the magic */
function frame(header: string, content: Buffer): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from(`28b52ffd${header}`, 'hex'), block, content]);
}

const little = (bytes: number, value: number) => {
  const field = Buffer.alloc(bytes);
  field.writeUIntLE(value, 0, Math.min(bytes, 6));
  return field.toString('hex');
};

describe('the compressors', () => {
  it('are gzip and Zstandard', () => {
    for (const id of [0, 2, 3, 4, 5, 7]) expect(decompressor(id)).toBeUndefined();
  });
});

describe('gzip', () => {
  it('gives back a block up to its limit', () => {
    const content = Buffer.alloc(1_000, 'x');
    expect(gzip(deflateSync(content), 1_000)).toEqual(content);
    expect(() => gzip(deflateSync(content), 999)).toThrow();
  });
});

describe('Zstandard', () => {
  const content = Buffer.alloc(300, 'y');

  it.each([
    ['one byte', `20${little(1, 200)}`, 200],
    ['two bytes', `60${little(2, 300 - 256)}`, 300],
    ['four bytes', `a0${little(4, 300)}`, 300],
    ['eight bytes', `e0${little(8, 300)}`, 300],
    ['two bytes behind a window', `4000${little(2, 300 - 256)}`, 300],
    ['two bytes behind a dictionary id of one', `6100${little(2, 300 - 256)}`, 300],
    ['two bytes behind a dictionary id of two', `620000${little(2, 300 - 256)}`, 300],
    ['two bytes behind a dictionary id of four', `6300000000${little(2, 300 - 256)}`, 300],
  ])('reads a size of %s', (_, header, size) => {
    expect(zstd(frame(header, content.subarray(0, size)), size)).toEqual(content.subarray(0, size));
  });

  it('refuses more than the limit before it decompresses', () => {
    expect(() => zstd(frame(`60${little(2, 300 - 256)}`, content), 299)).toThrow(
      '300 bytes when decompressed',
    );
  });

  it('refuses a frame that declares no size', () => {
    expect(() => zstd(frame('0000', content), 300)).toThrow('no size declared');
  });

  it('refuses a frame that has more than it declares, and a second one', () => {
    expect(() => zstd(frame(`60${little(2, 299 - 256)}`, content), 1_000)).toThrow();
    const one = frame(`60${little(2, 300 - 256)}`, content);
    expect(() => zstd(Buffer.concat([one, one]), 1_000)).toThrow();
  });

  it('refuses a frame that is to be skipped, whatever size its bytes could declare', () => {
    const skipped = Buffer.concat([Buffer.from(`502a4d18${little(4, 0x60)}`, 'hex'), Buffer.alloc(0x60)]);
    expect(() => zstd(skipped, 1_000)).toThrow('another size than declared');
  });
});
