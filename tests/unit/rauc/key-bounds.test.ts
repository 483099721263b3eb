import { sayWhy } from '../../../src/core/circumstances/sentences';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import {
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
} from '../../support/bundle-surgery';
import { bundleWithCertificates, bundleWithKey } from '../../support/hostile-cms';
import { mustRun, run, temporaryFolder } from '../../support/programs';
import { bundleSigner, type Signer, type SignerKind } from '../../support/test-pki';

/** Verdict or code, and the message. */
async function judge(bundle: Buffer, kind: SignerKind = 'rsa'): Promise<readonly [string, string]> {
  const keyring = (await bundleSigner(kind)).caPath;
  const { verdict, reasons } = await inspectBytes(bundle, await profileFor(keyring));
  const [reason] = reasons;
  return [verdict === 'broken' ? (reason?.code ?? 'broken') : verdict, sayWhy(reason?.message ?? '')];
}

describe('a signature that is made to take long', () => {
  it('has an exponent that fills the CMS: it is refused before anybody computes with it', async () => {
    const bundle = await bundleWithKey(16_384, 8 * 55_000);
    const before = process.cpuUsage();
    const verdict = await judge(bundle);
    const { user, system } = process.cpuUsage(before);
    expect(verdict).toEqual(['signature-encoding', expect.stringMatching(/exponent of 440000 bits/)]);
    expect((user + system) / 1000).toBeLessThan(500);
  });

  it.each([
    [16_385, 17],
    [400_000, 17],
  ])('has a modulus that no OpenSSL takes: %d bits', async (modulusBits, exponentBits) => {
    expect(await judge(await bundleWithKey(modulusBits, exponentBits))).toEqual([
      'signature-encoding',
      expect.stringMatching(/RSA key of \d+ bits is too large/),
    ]);
  });

  it('has an exponent that no OpenSSL takes with such a modulus', async () => {
    for (const [modulusBits, exponentBits] of [
      [3_073, 65],
      [16_384, 65],
      [3_072, 3_073],
    ] as const) {
      expect((await judge(await bundleWithKey(modulusBits, exponentBits)))[1]).toMatch(/has an exponent of/);
    }
  });

  it('has a key as large as OpenSSL takes it: the key is read, and the signature is not its own', async () => {
    for (const [modulusBits, exponentBits] of [
      [16_384, 64],
      [3_072, 3_071],
      [2_048, 2_048],
    ] as const) {
      expect((await judge(await bundleWithKey(modulusBits, exponentBits)))[0]).toBe('signature-mismatch');
    }
  });

  it('has more certificates than any chain', async () => {
    expect((await judge(await bundleWithCertificates(101), 'ec'))[0]).toBe('signature-encoding');
    expect((await judge(await bundleWithCertificates(100), 'ec'))[0]).toBe('trusted');
  });
});

describe('an RSA key with a wide exponent', () => {
  /** Such a key with a certificate by the root of `ec`; not by `openssl ca`, which verifies a request first. */
  async function signerWith(exponent: bigint): Promise<Signer> {
    const { caPath } = await bundleSigner();
    const folder = await temporaryFolder();
    const file = (name: string) => path.join(folder, name);
    const size = ['-pkeyopt', 'rsa_keygen_bits:3584', '-pkeyopt', `rsa_keygen_pubexp:${exponent}`];
    await mustRun('openssl', ['genpkey', '-algorithm', 'RSA', ...size, '-out', file('key')]);
    await mustRun('openssl', ['pkey', '-in', file('key'), '-pubout', '-out', file('public')]);
    await mustRun('openssl', [
      ...['x509', '-new', '-force_pubkey', file('public'), '-subj', '/CN=Wide', '-days', '3650'],
      ...['-CA', caPath, '-CAkey', caPath.replace(/crt$/, 'key'), '-out', file('crt')],
    ]);
    return { certPath: file('crt'), keyPath: file('key'), caPath, intermediates: [] };
  }

  it.each([
    [64, 2n ** 64n - 1n, 'trusted', 0],
    [65, 2n ** 64n + 1n, 'signature-encoding', 1],
  ])('of %d bits is judged as rauc info judges it', async (_bits, exponent, verdict, code) => {
    const signer = await signerWith(exponent);
    const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
    const bundle = putTogether({ payload, cms: await sign(await inlineManifest(cms), signer) });
    const file = path.join(await temporaryFolder(), 'bundle.raucb');
    await writeFile(file, bundle);
    const rauc = await run('rauc', ['info', `--keyring=${signer.caPath}`, file]);
    expect(rauc.code).toBe(code);
    const profile = await profileFor(signer.caPath);
    const { verdict: found, reasons } = await inspectBytes(bundle, profile, new Date());
    expect(found === 'broken' ? reasons[0]?.code : found).toBe(verdict);
  });
});
