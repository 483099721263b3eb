import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  describeCertificate,
  isCurrent,
  isIdentifiedBy,
  mayHaveIssued,
  parseCertificate,
  safely,
} from '../../../src/rauc/certificate';
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
    'refuses one whose limits cannot be read: %s',
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

describe('whether a certificate is the one that is meant', () => {
  const issuer = { keyId: 'aa', serial: '01', issuerName: 'root' };
  const untold = { keyId: null, serial: null, issuerName: null };

  it.each([
    [untold, true],
    [{ ...untold, keyId: 'aa' }, true],
    [{ ...untold, keyId: 'bb' }, false],
    [{ ...untold, serial: '01' }, true],
    [{ ...untold, serial: '02' }, false],
    [{ ...untold, issuerName: 'root' }, true],
    [{ ...untold, issuerName: 'other' }, false],
  ])('by %j is %p', (id, expected) => {
    expect(isIdentifiedBy(issuer, id)).toBe(expected);
  });

  it('is not said by a key identifier that it does not have itself', () => {
    expect(isIdentifiedBy({ ...issuer, keyId: null }, { ...untold, keyId: 'bb' })).toBe(true);
  });
});

describe('an issuer', () => {
  it('is one by its name, its identifier and the kind of its key', async () => {
    const signer = parseCertificate(await derOf('intermediate-rsa'));
    const { intermediates, caPath } = await bundleSigner('intermediate-rsa');
    const [middle, root] = await Promise.all(
      [intermediates[0] ?? '', caPath].map(async (file) =>
        parseCertificate(new X509Certificate(await readFile(file)).raw),
      ),
    );
    if (middle === undefined || root === undefined) throw new Error('there are two');
    expect(mayHaveIssued(middle, signer)).toBe(true);
    expect(mayHaveIssued(root, signer)).toBe(false);
    expect(mayHaveIssued({ ...middle, keyId: 'aa' }, { ...signer, authorityKeyId: other })).toBe(false);
    expect(mayHaveIssued({ ...middle, publicKey: signer.publicKey }, signer)).toBe(false);
    expect([root.selfSigned, root.isCa, root.maySign]).toEqual([true, true, true]);
    expect([middle.selfSigned, middle.isCa, middle.maySign]).toEqual([false, true, true]);
  });

  const other = { keyId: 'bb', serial: null, issuerName: null };
});

describe('a certificate', () => {
  it('is valid from its first moment on, and before its last', async () => {
    const parsed = parseCertificate(await derOf('ec'));
    const [from, until] = [1_000, 2_000].map((ms) => new Date(ms)) as [Date, Date];
    const at = (ms: number) => isCurrent({ ...parsed, notBefore: from, notAfter: until }, new Date(ms));
    expect([999, 1_000, 1_999, 2_000].map(at)).toEqual([false, true, true, false]);
  });

  it('is shown as people know it', async () => {
    const parsed = parseCertificate(await derOf('email'));
    const digest = createHash('sha256').update(parsed.spkiDer).digest();
    expect(describeCertificate(parsed)).toEqual({
      subject: expect.stringContaining('Signer email') as string,
      issuer: expect.stringContaining('Root of email') as string,
      serial: parsed.x509.serialNumber.toLowerCase(),
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2099-01-01T00:00:00Z'),
      spkiFingerprint: [...digest].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':'),
      keyAlgorithm: expect.stringMatching(/P-256|prime256v1/) as string,
    });
  });
});

describe('a check of what may be hostile', () => {
  it('fails where it throws', () => {
    expect(safely(() => true)).toBe(true);
    expect(safely(() => false)).toBe(false);
    expect(
      safely(() => {
        throw new Error('hostile');
      }),
    ).toBe(false);
  });
});
