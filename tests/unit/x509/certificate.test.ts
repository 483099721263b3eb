import { X509Certificate } from 'node:crypto';
import { certificatePem } from '../../../src/base/text/certificate-pem';
import { readCertificate as readFields } from '../../../src/pki/certificate-fields';
import type { Encoding } from '../../../src/x509/bounds';
import { readCertificate } from '../../../src/x509/certificate';
import { tlv } from '../../support/ber';
import { rsaKeyInfo } from '../../support/hostile-cms';
import { malformed } from '../../support/malformed';
import {
  anyKeyInfo,
  certificateFields,
  certificateOf,
  type CertificateParts,
  extensionOf,
  extensionsOf,
  hex,
  nameOf,
  sequence,
  validity,
} from '../../support/x509-bytes';

const read = (parts: CertificateParts = {}, encoding: Encoding = 'DER') =>
  readCertificate(certificateOf(parts), encoding);
const misplaced = malformed(/missing, or is where none may/);
const nothing = Buffer.alloc(0);

const basicConstraints = extensionOf(19, hex('30 06 01 01 ff 02 01 03'), true);
const keyUsage = extensionOf(15, hex('03 02 01 06'), true);
const extendedKeyUsage = extensionOf(37, hex('30 0a 06 08 2b 06 01 05 05 07 03 02'));
const subjectKeyId = extensionOf(14, hex('04 02 aa bb'));
const authorityKeyId = extensionOf(35, hex('30 04 80 02 cc dd'));

/** Of another certificate, `CN=other`. */
const otherPem = certificatePem(certificateOf({ subject: nameOf('other') }));

describe('a certificate', () => {
  it('is itself, although it contains the PEM of another one', () => {
    const bytes = certificateOf({
      extensions: extensionsOf(extensionOf(99, Buffer.from(`\n${otherPem}`))),
    });
    expect(readCertificate(bytes, 'DER').x509.raw.equals(bytes)).toBe(true);
    expect(readFields(bytes).x509.raw.equals(bytes)).toBe(true);
    expect(readFields(Buffer.from(otherPem)).x509.subject).toContain('other');
  });

  it('is read field by field', () => {
    const bytes = certificateOf({
      extensions: extensionsOf(basicConstraints, keyUsage, extendedKeyUsage, subjectKeyId, authorityKeyId),
    });
    const certificate = readCertificate(bytes, 'DER');
    expect(certificate).toMatchObject({
      version: 3,
      serial: '0085',
      signatureAlgorithm: { id: '1.2.840.10045.4.3.2' },
      subjectDer: certificateFields.subject,
      issuerDer: certificateFields.issuer,
      subject: [{ type: '2.5.4.3', value: 'Subject' }],
      issuer: [{ type: '2.5.4.3', value: 'Issuer' }],
      subjectName: '2.5.4.3="subject"',
      issuerName: '2.5.4.3="issuer"',
      selfIssued: false,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2036-01-01T00:00:00Z'),
      spkiDer: anyKeyInfo,
      ca: true,
      pathLength: 3,
      keyUsage: new Set(['keyCertSign', 'cRLSign']),
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
      subjectKeyId: hex('aa bb'),
      authorityKeyId: { keyId: 'ccdd', issuerName: null, serial: null },
    });
    expect(certificate.x509.raw).toEqual(bytes);
    expect(certificate.publicKey?.export({ type: 'spki', format: 'der' })).toEqual(anyKeyInfo);
    expect(certificate.extensions.map(({ id, isCritical }) => [id, isCritical])).toEqual([
      ['2.5.29.19', true],
      ['2.5.29.15', true],
      ['2.5.29.37', false],
      ['2.5.29.14', false],
      ['2.5.29.35', false],
    ]);
  });

  it('says nothing where it has no extensions', () => {
    const untold = {
      ca: null,
      pathLength: null,
      keyUsage: null,
      extendedKeyUsage: null,
      subjectKeyId: null,
      authorityKeyId: { keyId: null, issuerName: null, serial: null },
      extensions: [],
    };
    expect(read()).toMatchObject(untold);
    expect(read({ version: nothing })).toMatchObject({ ...untold, version: 1 });
  });

  it('is not a CA where its constraints do not say so', () => {
    const extensions = extensionsOf(extensionOf(19, hex('30 00')));
    expect(read({ extensions })).toMatchObject({ ca: false, pathLength: null });
  });

  it.each([
    ['a0 03 02 01 00', 1],
    ['a0 03 02 01 01', 2],
    ['a0 03 02 01 02', 3],
  ])('has the version that it says: %s', (version, number) => {
    expect(read({ version: hex(version) }).version).toBe(number);
  });

  it('keeps the octets of its serial', () => {
    expect(read({ serial: hex('02 01 ff') }).serial).toBe('ff');
    expect(read({ serial: hex('02 02 00 ff') }).serial).toBe('00ff');
  });

  it('is self-issued where OpenSSL takes its two names for one', () => {
    const issuer = nameOf('ISSUER ', 0x13);
    expect(read({ subject: certificateFields.issuer }).selfIssued).toBe(true);
    expect(read({ subject: certificateFields.issuer, issuer }).selfIssued).toBe(true);
  });

  it('may have the unique ids that nobody uses', () => {
    const ids = { issuerId: hex('81 02 00 aa'), subjectId: hex('82 02 00 bb') };
    expect(read({ ...ids, extensions: extensionsOf(subjectKeyId) }).subjectKeyId).toEqual(hex('aa bb'));
  });

  it('may have either kind of time, and either kind alone', () => {
    const later = tlv(0x18, Buffer.from('20560101000000Z'));
    expect(read({ validity: sequence(validity.notBefore, later) }).notAfter).toEqual(
      new Date('2056-01-01T00:00:00Z'),
    );
    expect(read({ validity: sequence(later, validity.notAfter) }).notBefore).toEqual(
      new Date('2056-01-01T00:00:00Z'),
    );
  });

  it.each<[what: string, parts: CertificateParts]>([
    ['no serial', { serial: nothing }],
    ['another serial', { serial: hex('04 01 05') }],
    ['no algorithm', { algorithm: nothing }],
    ['no issuer', { issuer: nothing }],
    ['no validity', { validity: nothing }],
    ['one time', { validity: sequence(validity.notBefore) }],
    ['three times', { validity: sequence(validity.notBefore, validity.notAfter, validity.notAfter) }],
    ['no subject', { subject: nothing }],
    ['no key', { spki: nothing }],
    ['unique ids in another order', { issuerId: hex('82 02 00 aa'), subjectId: hex('81 02 00 bb') }],
    ['something behind its extensions', { extensions: extensionsOf(subjectKeyId), behind: hex('05 00') }],
    ['a list of extensions that is a SET', { extensions: tlv(0xa3, tlv(0x31, subjectKeyId)) }],
    ['a version that is not a number', { version: hex('a0 02 05 00') }],
  ])('is refused with %s', (_, parts) => {
    const known = new X509Certificate(certificateOf());
    for (const encoding of ['BER', 'DER'] as const)
      expect(() => readCertificate(certificateOf(parts), encoding, known)).toThrow(malformed(/./));
  });

  it.each<[what: string, bytes: Buffer, reason: Error]>([
    ['nothing', nothing, malformed(/cut short/)],
    ['something behind it', Buffer.concat([certificateOf(), hex('00')]), malformed(/follows its end/)],
    ['something behind its signature', certificateOf({}, hex('05 00')), misplaced],
    ['no signature', sequence(sequence(), sequence()), misplaced],
    ['a signature of another kind', sequence(sequence(), sequence(), hex('04 00')), misplaced],
    ['no algorithm', sequence(sequence(), hex('03 01 00'), hex('03 01 00')), misplaced],
    ['another kind of inner part', sequence(tlv(0x31, nothing), sequence(), hex('03 01 00')), misplaced],
    [
      'what OpenSSL does not read',
      sequence(sequence(), sequence(), hex('03 01 00')),
      malformed(/not a certificate/),
    ],
  ])('is refused as %s', (_, bytes, reason) => {
    for (const encoding of ['BER', 'DER'] as const)
      expect(() => readCertificate(bytes, encoding)).toThrow(reason);
  });

  it.each<[lastArc: number, value: string]>([
    [19, '05 00'],
    [19, '30 06 01 01 ff 02 01 ff'],
    [15, '05 00'],
    [37, '05 00'],
    [14, '05 00'],
    [35, '05 00'],
    [35, '04 00'],
  ])('is refused when its extension %i cannot be read', (lastArc, value) => {
    const extensions = extensionsOf(extensionOf(lastArc, hex(value)));
    expect(() => read({ extensions })).toThrow(malformed(/./));
    expect(() => read({ extensions }, 'BER')).toThrow(malformed(/./));
  });

  it('is refused when an extension comes twice, and not when an unknown one cannot be read', () => {
    const unknown = extensionOf(99, hex('ff'));
    expect(read({ extensions: extensionsOf(unknown) }).extensions).toHaveLength(1);
    expect(() => read({ extensions: extensionsOf(unknown, unknown) })).toThrow(malformed(/twice/));
  });

  it('may be BER for those who say so', () => {
    const ber = { serial: hex('02 81 01 05') };
    expect(read(ber, 'BER').serial).toBe('05');
    expect(() => read(ber)).toThrow(malformed(/shortest/));
  });

  it('has no key where OpenSSL does not know its kind', () => {
    const unknown = sequence(sequence(hex('06 03 2a 03 04')), hex('03 02 00 01'));
    expect(read({ spki: unknown }).publicKey).toBeNull();
  });

  it('is refused with a key that OpenSSL verifies nothing with', () => {
    expect(() => read({ spki: rsaKeyInfo(4096, 65) })).toThrow(malformed(/exponent of 65 bits/));
    expect(read({ spki: rsaKeyInfo(4096, 64) }).publicKey?.asymmetricKeyType).toBe('rsa');
  });

  it('keeps the reading of OpenSSL that somebody has', () => {
    const x509 = new X509Certificate(certificateOf());
    expect(readCertificate(x509.raw, 'DER', x509).x509).toBe(x509);
  });
});
