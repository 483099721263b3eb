import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import {
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  type SignOptions,
  takeApart,
} from '../../support/bundle-surgery';
import { mustRun, raucSid, run, temporaryFolder } from '../../support/programs';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

async function partsOf(format: 'plain' | 'verity') {
  return takeApart(await readFile((await makeBundle({ format })).path));
}

/** A bundle whose signature was made by openssl, and what we and RAUC say about it. */
async function judge(format: 'plain' | 'verity', kind: SignerKind, options: SignOptions) {
  const signer = await bundleSigner(kind);
  const { payload, cms } = await partsOf(format);
  const content = format === 'plain' ? payload : await inlineManifest(cms);
  const signature = await sign(content, signer, { detached: format === 'plain', ...options });
  const bundle = putTogether({ payload, cms: signature });
  const file = path.join(await temporaryFolder(), 'bundle.raucb');
  await writeFile(file, bundle);
  const rauc = await run(raucSid, ['info', '-C', `keyring:path=${signer.caPath}`, file]);
  const inspection = await inspectBytes(bundle, await profileFor(signer.caPath));
  return {
    ours: inspection.reasons[0]?.code ?? inspection.verdict,
    rauc: rauc.code === 0 ? 'accepts' : 'refuses',
    signature,
  };
}

describe.each(['verity', 'plain'] as const)('a %s bundle signed by another program', (format) => {
  it.each<[string, SignerKind, SignOptions]>([
    ['SHA-384', 'rsa', { md: 'sha384' }],
    ['SHA-512', 'ec', { md: 'sha512' }],
    ['SHA-384 with P-384', 'ec-p384', { md: 'sha384' }],
    ['a subject key identifier', 'ec', { extra: ['-keyid'] }],
    ['a subject key identifier, RSA', 'rsa', { extra: ['-keyid'] }],
    ['no signed attributes, RSA', 'rsa', { extra: ['-noattr'] }],
    ['no signed attributes, EC', 'ec', { extra: ['-noattr'] }],
    ['PSS', 'rsa', { extra: ['-keyopt', 'rsa_padding_mode:pss'] }],
    [
      'PSS with a short salt',
      'rsa',
      { extra: ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:20'] },
    ],
    ['PSS with SHA-512', 'rsa', { md: 'sha512', extra: ['-keyopt', 'rsa_padding_mode:pss'] }],
    ['a key for PSS alone', 'rsa-pss', { extra: ['-keyopt', 'rsa_padding_mode:pss'] }],
  ])('is trusted with %s', async (_name, kind, options) => {
    expect(await judge(format, kind, options)).toMatchObject({ ours: 'trusted', rauc: 'accepts' });
  });

  it.each<[string, SignerKind, SignOptions, string]>([
    ['SHA-1', 'rsa', { md: 'sha1' }, 'signature-invalid'],
    ['SHA-1 and EC', 'ec', { md: 'sha1' }, 'signature-invalid'],
    ['an RSA key of 1024 bits', 'rsa-1024', {}, 'signature-invalid'],
    [
      'another type of content',
      'ec',
      { extra: ['-econtent_type', '1.2.840.113549.1.9.16.1.4'] },
      'signature-type',
    ],
  ])('is broken with %s, although RAUC takes it', async (_name, kind, options, code) => {
    expect(await judge(format, kind, options)).toMatchObject({ ours: code, rauc: 'accepts' });
  });

  it('is broken without the certificate of the signer', async () => {
    const verdicts = await judge(format, 'ec', { extra: ['-nocerts'] });
    expect(verdicts).toMatchObject({ ours: 'signature-invalid', rauc: 'refuses' });
  });

  it('is broken with two signers', async () => {
    const other = await bundleSigner('rsa');
    const extra = ['-signer', other.certPath, '-inkey', other.keyPath];
    const verdicts = await judge(format, 'ec', { extra });
    expect(verdicts).toMatchObject({ ours: 'signature-invalid', rauc: 'refuses' });
  });
});

describe('a signature in BER of indefinite length', () => {
  it.each<SignerKind>(['ec', 'rsa'])('is trusted as openssl streams it, %s', async (kind) => {
    const verdicts = await judge('verity', kind, { extra: ['-stream'] });
    expect(verdicts).toMatchObject({ ours: 'trusted', rauc: 'accepts' });
    expect(verdicts.signature.subarray(0, 2).toString('hex')).toBe('3080');
  });

  it.each(['verity', 'plain'] as const)(
    'is trusted with every element of a %s bundle like that',
    async (format) => {
      const { payload, cms } = await partsOf(format);
      const { certPath, caPath } = await bundleSigner();
      const certificate = new X509Certificate(await readFile(certPath)).raw;
      const bundle = putTogether({ payload, cms: withoutLengths(cms, certificate) });
      expect(await inspectBytes(bundle, await profileFor(caPath))).toMatchObject({
        reasons: [],
        verdict: 'trusted',
      });
      const file = path.join(await temporaryFolder(), 'bundle.raucb');
      await writeFile(file, bundle);
      await mustRun(raucSid, ['info', '-C', `keyring:path=${caPath}`, file]);
    },
  );
});

/** DER as BER: all constructed elements in the indefinite form, but for the certificate, which is signed as it is. */
function withoutLengths(der: Buffer, certificate: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < der.length;) {
    const first = der.readUInt8(at + 1);
    const lengthSize = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthSize;
    const end = start + (lengthSize === 0 ? first : der.readUIntBE(at + 2, lengthSize));
    const element = der.subarray(at, end);
    if ((der.readUInt8(at) & 0x20) === 0 || element.equals(certificate)) parts.push(element);
    else {
      const content = withoutLengths(der.subarray(start, end), certificate);
      parts.push(Buffer.from([der.readUInt8(at), 0x80]), content, Buffer.alloc(2));
    }
    at = end;
  }
  return Buffer.concat(parts);
}

describe('a signature of another kind of CMS', () => {
  it.each([
    ['data', ['-data_create']],
    ['digested data', ['-digest_create']],
    ['encrypted data', ['-EncryptedData_encrypt', '-aes-256-cbc', '-secretkey', '00'.repeat(32)]],
    ['authenticated enveloped data', ['-encrypt', '-aes-256-gcm']],
  ])('is refused: %s', async (_name, args) => {
    const signer = await bundleSigner('rsa');
    const { payload, cms } = await partsOf('verity');
    const folder = await temporaryFolder();
    const input = path.join(folder, 'in');
    const output = path.join(folder, 'out');
    await writeFile(input, await inlineManifest(cms));
    const recipient = args.includes('-encrypt') ? [signer.certPath] : [];
    const common = ['-binary', '-outform', 'DER', '-in', input, '-out', output];
    await mustRun('openssl', ['cms', ...args, ...common, ...recipient]);
    const bundle = putTogether({ payload, cms: await readFile(output) });
    expect(await inspectBytes(bundle, await profileFor(signer.caPath))).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'signature-type' }],
    });
  });
});

describe('a signature over something else', () => {
  it('is broken: another payload, same signer', async () => {
    const { cms } = await partsOf('plain');
    const other = takeApart(await readFile((await makeBundle({ format: 'plain', seed: 'other' })).path));
    const profile = await profileFor((await bundleSigner()).caPath);
    expect(await inspectBytes(putTogether({ payload: other.payload, cms }), profile)).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'content-damaged' }],
    });
  });

  it('is broken: another manifest in its place', async () => {
    const { payload, cms } = await partsOf('verity');
    const forged = Buffer.from(cms.toString('latin1').replace('=test-board', '=evil-board'), 'latin1');
    const profile = await profileFor((await bundleSigner()).caPath);
    expect(await inspectBytes(putTogether({ payload, cms: forged }), profile)).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'content-damaged' }],
    });
  });

  it.each<SignerKind>(['ec', 'rsa'])('is broken: changed signed attributes, %s', async (kind) => {
    const signer = await bundleSigner(kind);
    const { payload, cms } = takeApart(await readFile((await makeBundle({ signer })).path));
    const forged = Buffer.from(cms);
    const signingTime = Buffer.from('06092a864886f70d010905310f170d', 'hex'); // attribute, SET, UTCTime of 13
    const at = forged.indexOf(signingTime) + signingTime.length;
    forged.write('250101000000Z', at, 'latin1');
    expect(at).toBeGreaterThan(signingTime.length);
    expect(
      await inspectBytes(putTogether({ payload, cms: forged }), await profileFor(signer.caPath)),
    ).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'signature-mismatch' }],
    });
  });
});
