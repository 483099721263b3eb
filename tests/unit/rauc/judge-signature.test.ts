import { circumstance } from '../../../src/core/circumstances/catalogue';
import { readFile } from 'node:fs/promises';
import { judgeSignature } from '../../../src/rauc/judge-signature';
import { profileFingerprint, type VerificationProfile } from '../../../src/rauc/profile';
import { bufferSource } from '../../../src/rauc/source';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor, putTogether, takeApart, testNow } from '../../support/bundle-surgery';
import { bundleSigner } from '../../support/test-pki';

const bytesOf = async (options: BundleOptions = {}) => readFile((await makeBundle(options)).path);
const profile = async (changes: Partial<VerificationProfile> = {}) =>
  profileFor((await bundleSigner()).caPath, changes);
const judge = async (bytes: Buffer, changes: Partial<VerificationProfile> = {}, now = testNow) =>
  judgeSignature(bufferSource(bytes), await profile(changes), now);

describe('a stored bundle that is judged again', () => {
  it.each(['verity', 'plain'] as const)('is judged as it was when it was stored: %s', async (format) => {
    const bytes = await bytesOf({ format });
    const { verdict, reasons, signerChain, judgedUnder } = await inspectBytes(bytes, await profile());
    expect(await judge(bytes)).toEqual({ verdict, reasons, signerChain, judgedUnder, signerWarnings: [] });
    expect([verdict, judgedUnder]).toEqual(['trusted', profileFingerprint(await profile())]);
  });

  it.each(['verity', 'plain'] as const)('is not read but for its end: %s', async (format) => {
    const bytes = await bytesOf({ format });
    const { payload } = takeApart(bytes);
    const reads: number[] = [];
    const source = {
      sizeBytes: bytes.length,
      read(position: number, length: number) {
        reads.push(position);
        return bufferSource(bytes).read(position, length);
      },
    };
    expect((await judgeSignature(source, await profile(), testNow)).verdict).toBe('trusted');
    expect(Math.min(...reads)).toBe(payload.length);
  });

  it('loses its trust when its signer has expired, and says so', async () => {
    const later = new Date('2101-01-01T00:00:00Z');
    expect(await judge(await bytesOf(), {}, later)).toMatchObject({
      verdict: 'untrusted',
      reasons: [{ code: 'chain-expired' }],
      signerWarnings: [{ code: 'signer-expired' }],
    });
    const signed = { timeSource: 'signing-time' } as const;
    expect((await judge(await bytesOf({ format: 'plain' }), signed, later)).verdict).toBe('trusted');
  });

  it('is unchecked without a keyring, and when it is encrypted', async () => {
    expect(await judge(await bytesOf(), { anchorsPem: null })).toMatchObject({
      verdict: 'unchecked',
      reasons: [],
    });
    const encrypted = { format: 'crypt', recipients: [await bundleSigner('rsa')], rauc: 'sid' } as const;
    expect(await judge(await bytesOf(encrypted))).toEqual({
      verdict: 'unchecked',
      reasons: [],
      signerChain: [],
      judgedUnder: profileFingerprint(await profile()),
      signerWarnings: [],
    });
  });

  it('is untrusted when it is none, or when its manifest is not the one that was signed', async () => {
    const { payload, cms } = takeApart(await bytesOf());
    const changed = Buffer.from(cms);
    changed.write('X', cms.indexOf('compatible='));
    expect(await judge(putTogether({ payload, cms: changed }))).toEqual({
      verdict: 'untrusted',
      reasons: [{ code: 'content-damaged', message: circumstance('content-damaged') }],
      signerChain: [],
      judgedUnder: profileFingerprint(await profile()),
      signerWarnings: [],
    });
    expect(await judge(Buffer.alloc(4))).toMatchObject({ reasons: [{ code: 'too-short' }] });
  });

  it('is not judged when the disk fails, or when the keyring is of no use', async () => {
    const source = { sizeBytes: 8192, read: () => Promise.reject(new Error('the disk is gone')) };
    await expect(judgeSignature(source, await profile(), testNow)).rejects.toThrow('the disk is gone');
    await expect(judge(await bytesOf(), { anchorsPem: '' })).rejects.toMatchObject({ code: 'configuration' });
  });
});
