import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseCertificate } from '../../../src/rauc/certificate';
import { makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor, putTogether, takeApart } from '../../support/bundle-surgery';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

async function derOf(kind: SignerKind): Promise<Buffer> {
  return new X509Certificate(await readFile((await bundleSigner(kind)).certPath)).raw;
}

/** Replaces bytes of a structure with as many others. */
function replace(der: Buffer, from: Buffer, to: Buffer): Buffer {
  const at = der.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error('nothing to replace');
  const copy = Buffer.from(der);
  to.copy(copy, at);
  return copy;
}

const ecKey = Buffer.from('06072a8648ce3d0201', 'hex');
const unknownKey = Buffer.from('06072a8648ce3d027f', 'hex');

describe('parseCertificate', () => {
  it('reads what path validation needs', async () => {
    const parsed = parseCertificate(await derOf('codesign'));
    expect(parsed).toMatchObject({
      selfSigned: false,
      isCa: false,
      pathLength: null,
      keyUsage: null,
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'],
      notUnderstood: [],
      commonNames: ['Signer codesign'],
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2099-01-01T00:00:00Z'),
    });
  });

  it.each<SignerKind>(['garbled-purpose', 'garbled-key-usage', 'cut-key-usage', 'garbled-constraints'])(
    'refuses one whose limits can not be read: %s',
    async (kind) => {
      const der = await derOf(kind);
      expect(() => parseCertificate(der)).toThrow();
    },
  );

  it('refuses one that repeats an extension', async () => {
    const der = await derOf('email');
    // The subjectKeyIdentifier becomes a second basicConstraints; both ids have three bytes.
    const forged = replace(der, Buffer.from('0603551d0e', 'hex'), Buffer.from('0603551d13', 'hex'));
    expect(() => parseCertificate(forged)).toThrow(
      expect.objectContaining({ code: 'signature-encoding' }) as Error,
    );
    expect(() => parseCertificate(der)).not.toThrow();
  });

  it('refuses an impossible time', async () => {
    const der = await derOf('ec');
    for (const time of ['2099130100000Z', '20991399000000Z', 'aaaaaaaaaaaaaaZ']) {
      const forged = replace(der, Buffer.from('20990101000000Z'), Buffer.from(time.padEnd(15, 'Z')));
      expect(() => parseCertificate(forged)).toThrow();
    }
  });

  it('refuses what is cut short or followed by more', async () => {
    const der = await derOf('ec');
    for (const bytes of [der.subarray(0, -1), Buffer.concat([der, Buffer.alloc(1)]), Buffer.alloc(0)])
      expect(() => parseCertificate(bytes)).toThrow();
  });

  it('leaves a key of an unknown kind open', async () => {
    const forged = replace(await derOf('ec'), ecKey, unknownKey);
    expect(parseCertificate(forged).publicKey).toBeNull();
  });
});

describe('a signer with a key of an unknown kind', () => {
  it('makes a broken bundle, not a crash', async () => {
    const bundle = await makeBundle();
    const { payload, cms } = takeApart(await readFile(bundle.path));
    const forged = putTogether({ payload, cms: replace(cms, ecKey, unknownKey) });
    expect(await inspectBytes(forged, await profileFor(bundle.keyringPath))).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'signature-invalid' }],
    });
  });
});
