import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deviceExtensions, serverExtensions } from '../../../src/pki/certificate-profile';
import { asn1 } from 'node-forge';
import { type Asn1, oid, sequence, set, toDer, utf8 } from '../../../src/x509/der-writer';
import { deviceIdentity } from '../../../src/pki/device-identity';
import { buildName } from '../../../src/x509/name';
import { exportPublicKey, makeKeyPair } from '../../../src/pki/private-key';
import { signCertificate } from '../../../src/pki/sign-certificate';
import { deviceName } from '../../../src/pki/device-names';
import type { AlternativeName } from '../../../src/x509/general-name';
import { summarizeCertificate } from '../../../src/pki/summarize-certificate';
import { folderWithCa } from '../../support/certificate-folder';
import { mustRun, temporaryFolder } from '../../support/programs';

const commonName = (value: Asn1): Asn1 => sequence(oid('2.5.4.3'), value);
const organization = (text: string): Asn1 => sequence(oid('2.5.4.10'), utf8(text));
/** A string of any type with any bytes. */
const string = (tag: asn1.Type, bytes: Buffer): Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, tag, false, bytes.toString('latin1'));

/** A certificate with any subject and extensions, as a CA that was tricked would sign it. */
async function certificateFor(
  subject: Asn1,
  extensions: readonly Asn1[] = deviceExtensions({ subject: Buffer.of(1), issuer: Buffer.of(2) }, [
    deviceName('a'),
  ]),
): Promise<X509Certificate> {
  const keys = await makeKeyPair('ec');
  return signCertificate(
    {
      serial: Buffer.concat([Buffer.of(0, 0x0a), randomBytes(14)]),
      issuerDer: toDer(buildName('CA')),
      subject,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2036-01-01T00:00:00Z'),
      spkiDer: exportPublicKey(keys.publicKey),
      extensions,
    },
    keys,
  );
}

const bound = (names: readonly AlternativeName[]): Asn1[] =>
  deviceExtensions({ subject: Buffer.of(1), issuer: Buffer.of(2) }, names);

describe('the identity of a device', () => {
  it('is the one common name, whatever text type it has', async () => {
    const ia5 = asn1.Type.IA5STRING;
    const printable = asn1.Type.PRINTABLESTRING;
    for (const value of [
      utf8('board-1'),
      string(printable, Buffer.from('board-1')),
      string(ia5, Buffer.from('board-1')),
    ]) {
      const certificate = await certificateFor(sequence(set(organization('Acme')), set(commonName(value))));
      expect(deviceIdentity(certificate)).toMatchObject({ ok: true, identity: { id: 'board-1' } });
    }
    const bmp = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BMPSTRING, false, 'board-1');
    expect(deviceIdentity(await certificateFor(sequence(set(commonName(bmp)))))).toMatchObject({
      ok: true,
      identity: { id: 'board-1' },
    });
  });

  it('has the serial in one spelling', async () => {
    const certificate = await certificateFor(buildName('a'));
    const result = deviceIdentity(certificate);
    expect(result).toMatchObject({
      ok: true,
      identity: { certificateSerial: certificate.serialNumber.toLowerCase().replace(/^0+/, '') },
    });
    expect(summarizeCertificate(certificate).serial).toMatch(/^a[0-9a-f]{28}$/);
  });

  it.each([
    ['no common name', sequence(set(organization('a')))],
    ['no name at all', sequence()],
    ['two common names', sequence(set(commonName(utf8('a'))), set(commonName(utf8('b'))))],
    ['the same common name twice', sequence(set(commonName(utf8('a'))), set(commonName(utf8('a'))))],
    ['two common names in one RDN', sequence(set(commonName(utf8('a')), commonName(utf8('b'))))],
    ['a NUL in its name', sequence(set(commonName(utf8('a\0b'))))],
    ['a second line in its name', sequence(set(commonName(utf8('b\nCN=a'))))],
    ['a name with a slash', sequence(set(commonName(utf8('../a'))))],
    ['an empty name', sequence(set(commonName(utf8(''))))],
    ['a name of 65 characters', sequence(set(commonName(utf8('a'.repeat(65)))))],
    ['a name of look-alikes', sequence(set(commonName(utf8('\u0430'))))],
    ['a Latin-1 name', sequence(set(commonName(string(asn1.Type.PRINTABLESTRING, Buffer.of(0xe4)))))],
  ])('is refused with %s', async (_, subject) => {
    const certificate = await certificateFor(subject);
    expect(deviceIdentity(certificate).ok).toBe(false);
  });

  it('takes the text of another attribute for nothing', async () => {
    const certificate = await certificateFor(
      sequence(set(organization('x\nCN=admin')), set(commonName(utf8('a')))),
    );
    expect(deviceIdentity(certificate)).toMatchObject({ ok: true, identity: { id: 'a' } });
    expect(summarizeCertificate(certificate).subject).toBe('O=x\\u{a}CN\\=admin, CN=a');
  });

  it('is refused to server and CA certificates', async () => {
    const { folder, x509 } = await folderWithCa();
    await folder.createServer({ names: ['localhost'], ips: [] });
    expect(deviceIdentity(await x509('server.crt')).ok).toBe(false);
    expect(deviceIdentity(await x509('ca.crt')).ok).toBe(false);
    const server = await certificateFor(
      buildName('a'),
      serverExtensions({ subject: Buffer.of(1), issuer: Buffer.of(2) }, [deviceName('a')]),
    );
    expect(deviceIdentity(server).ok).toBe(false);
  });

  it('is refused to a certificate with the name of its issuer, which OpenSSL may take for a CA', async () => {
    const named = (name: string) => certificateFor(buildName(name));
    expect(deviceIdentity(await named('CA')).ok).toBe(false);
    expect(deviceIdentity(await named('CA-2')).ok).toBe(true);
  });

  it('is bound to the compatibles of the certificate', async () => {
    const uri = (value: string): AlternativeName => ({
      kind: 'uri',
      value: `urn:rauc-simple-server:${value}`,
    });
    const certificate = await certificateFor(
      buildName('a'),
      bound([uri('compatible:acme%20gw'), uri('compatible:b')]),
    );
    expect(deviceIdentity(certificate)).toMatchObject({
      ok: true,
      identity: { compatibles: ['acme gw', 'b'] },
    });
  });

  it.each(['%zz', '%ff', '', '%0a', '%20a'])(
    'never loses a binding that it cannot read: %j',
    async (text) => {
      const value = `urn:rauc-simple-server:compatible:${text}`;
      const certificate = await certificateFor(buildName('a'), bound([{ kind: 'uri', value }]));
      expect(deviceIdentity(certificate).ok).toBe(false);
    },
  );

  it('is refused when an extension comes twice', async () => {
    const extensions = bound([deviceName('a')]);
    const names = extensions.at(-1);
    const certificate = certificateFor(buildName('a'), names === undefined ? [] : [...extensions, names]);
    // OpenSSL may refuse it before us.
    await expect(certificate.then((x509) => deviceIdentity(x509).ok)).resolves.toBe(false);
  });

  it('is taken from X.509 v1 certificates, which an earlier server issued', async () => {
    const folder = await temporaryFolder();
    const file = (name: string) => path.join(folder, name);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await mustRun('openssl', [
      'req',
      '-x509',
      ...key,
      '-keyout',
      file('ca.key'),
      '-subj',
      '/CN=Old',
      '-out',
      file('ca.crt'),
    ]);
    await mustRun('openssl', [
      'req',
      '-new',
      ...key,
      '-keyout',
      file('k'),
      '-subj',
      '/CN=board-1',
      '-out',
      file('r'),
    ]);
    await mustRun('openssl', [
      ...['x509', '-req', '-in', file('r'), '-CA', file('ca.crt'), '-CAkey', file('ca.key')],
      ...['-CAcreateserial', '-days', '99', '-out', file('c')],
    ]);
    const certificate = new X509Certificate(await readFile(file('c')));
    expect(deviceIdentity(certificate)).toMatchObject({
      ok: true,
      identity: { id: 'board-1', compatibles: [] },
    });
    expect(summarizeCertificate(certificate).role).not.toBe('ca');
    expect(deviceIdentity(new X509Certificate(await readFile(file('ca.crt')))).ok).toBe(false);
  });
});
