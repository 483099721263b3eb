import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { caExtensions } from '../../../src/pki/certificate-profile';
import { exportPublicKey, type KeyPair, makeKeyPair } from '../../../src/pki/private-key';
import { keyIdentifier, signCertificate } from '../../../src/pki/sign-certificate';
import { parseCertificate } from '../../../src/rauc/certificate';
import { type Asn1, octets, oid, sequence, toDer } from '../../../src/x509/der-writer';
import { extensionOids } from '../../../src/x509/extensions';
import { buildName } from '../../../src/x509/name';
import { run, temporaryFolder } from '../../support/programs';

const issuer = buildName('Root');

function certify(ca: KeyPair, keys: KeyPair, name: Asn1, extensions: readonly Asn1[]) {
  return signCertificate(
    {
      serial: Buffer.of(5),
      issuerDer: toDer(issuer),
      subject: name,
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2099-01-01T00:00:00Z'),
      spkiDer: exportPublicKey(keys.publicKey),
      extensions,
    },
    ca,
  );
}

/** Whether OpenSSL uses a certificate with an extension, and whether we read it. */
async function judge(id: string, value: string) {
  const ca = await makeKeyPair('ec');
  const keyId = keyIdentifier(exportPublicKey(ca.publicKey));
  const root = certify(ca, ca, issuer, caExtensions({ subject: keyId, issuer: keyId }));
  const extension = sequence(oid(id), octets(Buffer.from(value, 'hex')));
  const leaf = certify(ca, await makeKeyPair('ec'), buildName('Signer'), [extension]);
  const folder = await temporaryFolder();
  const [rootPath, leafPath] = [path.join(folder, 'root.crt'), path.join(folder, 'leaf.crt')];
  await writeFile(rootPath, root.toString());
  await writeFile(leafPath, leaf.toString());
  const { code } = await run('openssl', ['verify', '-CAfile', rootPath, leafPath]);
  const read = (): boolean => {
    try {
      parseCertificate(leaf.raw);
      return true;
    } catch {
      return false;
    }
  };
  return { openssl: code === 0, ours: read() };
}

describe('a certificate with an extension', () => {
  it.each([
    ['subjectKeyId', '0401aa'],
    ['authorityKeyId', '3000'],
    ['basicConstraints', '3000'],
    ['keyUsage', '03020780'],
    ['extendedKeyUsage', '300a06082b06010505070304'],
  ] as const)('is used by OpenSSL and read by us when it is sound: %s %s', async (name, value) => {
    expect(await judge(extensionOids[name], value)).toEqual({ openssl: true, ours: true });
  });

  it.each([
    ['subjectKeyId', '0500'],
    ['subjectKeyId', '0401'],
    ['authorityKeyId', '0500'],
    ['authorityKeyId', '30020500'],
    ['basicConstraints', '0500'],
    ['basicConstraints', '30060101ff0201ff'],
    ['keyUsage', '0500'],
    ['extendedKeyUsage', '0500'],
    ['nameConstraints', '0500'],
  ] as const)('is used by neither when it cannot be read: %s %s', async (name, value) => {
    expect(await judge(extensionOids[name], value)).toEqual({ openssl: false, ours: false });
  });
});
