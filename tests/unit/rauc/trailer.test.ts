import { bufferSource } from '../../../src/rauc/source';
import { readTrailer } from '../../../src/rauc/trailer';

/** A file with zeros for a payload and a signature, and with this length at its end. */
function file(payloadSizeBytes: number, signatureSizeBytes: number, declared = signatureSizeBytes) {
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64BE(BigInt(declared));
  return bufferSource(Buffer.concat([Buffer.alloc(payloadSizeBytes + signatureSizeBytes), trailer]));
}

describe('the trailer', () => {
  it.each([
    ['the smallest bundle', 4096, 1],
    ['a signature as large as devices accept', 8192, 65_536],
  ])('of %s tells its parts', async (_, payloadSizeBytes, signatureSizeBytes) => {
    expect(await readTrailer(file(payloadSizeBytes, signatureSizeBytes))).toEqual({
      payloadSizeBytes,
      signatureSizeBytes,
    });
  });

  it.each([
    ['of no more than a length', file(0, 0), 'signature-length', /signature length of 0/],
    ['with a signature of no bytes', file(4096, 0), 'signature-length', /signature length of 0/],
    ['with a signature and no payload', file(0, 4096), 'no-payload', /a signature but no payload/],
    ['whose signature begins before it', file(4096, 1, 4098), 'signature-length', /larger than the file/],
    ['of a payload of half a block', file(4096 + 2048, 1), 'payload-alignment', /has 6144 bytes/],
    ['with a signature that is too large', file(4096, 65_537), 'signature-length', /has 65537 bytes/],
  ])('refuses a file %s', async (_, source, code, message) => {
    await expect(readTrailer(source)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a file that has no room for it', async () => {
    await expect(readTrailer(bufferSource(Buffer.alloc(7, 1)))).rejects.toMatchObject({
      code: 'too-short',
      message: expect.stringContaining('7 bytes') as string,
    });
  });
});
