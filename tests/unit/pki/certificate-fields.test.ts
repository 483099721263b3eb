import {
  isAuthority,
  isIssuedBy,
  mayIssueFor,
  normalizeSerial,
  readCertificate,
} from '../../../src/pki/certificate-fields';
import { caExtensions, deviceExtensions } from '../../../src/pki/certificate-profile';
import { deviceName } from '../../../src/pki/device-names';
import { createJudgeDevice } from '../../../src/pki/judge-device';
import { exportPublicKey, makeKeyPair } from '../../../src/pki/private-key';
import { proveCertificate } from '../../../src/pki/prove-certificates';
import { keyIdentifier, signCertificate } from '../../../src/pki/sign-certificate';
import { toDer } from '../../../src/x509/der-writer';
import { buildName } from '../../../src/x509/name';
import { tlv } from '../../support/ber';
import { refusal } from '../../support/refusal';
import {
  certificateFields,
  certificateOf,
  type CertificateParts,
  extensionOf,
  extensionsOf,
  hex,
  nameOf,
  validity,
} from '../../support/x509-bytes';

const read = (parts: CertificateParts = {}) => readCertificate(certificateOf(parts));
const selfIssued = { issuer: certificateFields.subject };
const withExtensions = (...extensions: readonly Buffer[]) => ({ extensions: extensionsOf(...extensions) });
const ca = extensionOf(19, hex('30 03 01 01 ff'), true);
const noCa = extensionOf(19, hex('30 00'), true);
const mayCertify = extensionOf(15, hex('03 02 02 04'));
const mayNotCertify = extensionOf(15, hex('03 02 07 80'));
const forClients = extensionOf(37, hex('30 0a 06 08 2b 06 01 05 05 07 03 02'));
const versions = { 1: Buffer.alloc(0), 2: hex('a0 03 02 01 01'), 3: hex('a0 03 02 01 02') };

describe('a certificate of the folder', () => {
  it('has its serial in one spelling, and its names', () => {
    const names = extensionOf(17, tlv(0x30, tlv(0x82, Buffer.from('board-1'))));
    expect(read(withExtensions(names))).toMatchObject({
      serial: '85',
      alternativeNames: [{ kind: 'dns', value: 'board-1' }],
    });
    expect(read().alternativeNames).toEqual([]);
  });

  it.each([
    ['00:A:b', 'ab'],
    [' 0a b', 'ab'],
    ['000', '0'],
    ['0', '0'],
    ['', ''],
    ['100', '100'],
  ])('knows the serial "%s" as %s', (serial, normal) => {
    expect(normalizeSerial(serial)).toBe(normal);
  });

  it.each<[what: string, parts: CertificateParts]>([
    ['BER', { serial: hex('02 81 01 05') }],
    ['a name that is not text where it has to be', withExtensions(extensionOf(17, hex('30 03 82 01 ff')))],
    [
      'a day that does not exist',
      { validity: tlv(0x30, Buffer.concat([validity.notBefore, tlv(0x17, Buffer.from('260231000000Z'))])) },
    ],
    ['an extension twice', withExtensions(ca, ca)],
  ])('is refused with %s', (_, parts) => {
    expect(() => read(parts)).toThrow(refusal('invalid-input'));
    expect(() => read(parts)).toThrow(/^the certificate is malformed: /);
  });

  it('is refused where it is none', () => {
    for (const source of ['', 'x', Buffer.alloc(0)])
      expect(() => readCertificate(source)).toThrow(refusal('invalid-input'));
  });
});

describe('a CA', () => {
  it.each<[what: string, parts: CertificateParts, expected: boolean]>([
    ['says so', withExtensions(ca), true],
    ['says so, and that it may certify', withExtensions(ca, mayCertify), true],
    ['says so, and that it may not certify', withExtensions(ca, mayNotCertify), false],
    ['does not say so', withExtensions(noCa), false],
    ['says nothing', {}, false],
    ['says nothing and is self-issued', selfIssued, false],
    ['is of version 1 and self-issued', { ...selfIssued, version: versions[1] }, true],
    ['is of version 1 and not self-issued', { version: versions[1] }, false],
    [
      'is of version 2 and self-issued, which OpenSSL takes for none',
      { ...selfIssued, version: versions[2] },
      false,
    ],
  ])('%s', (_, parts, expected) => {
    expect(isAuthority(read(parts))).toBe(expected);
  });

  it('may issue for a purpose that its extended key usage has, or any without one', () => {
    expect(mayIssueFor(read(withExtensions(ca)), 'serverAuth')).toBe(true);
    expect(mayIssueFor(read(withExtensions(ca, forClients)), 'clientAuth')).toBe(true);
    expect(mayIssueFor(read(withExtensions(ca, forClients)), 'serverAuth')).toBe(false);
    expect(mayIssueFor(read(withExtensions(noCa, forClients)), 'clientAuth')).toBe(false);
  });
});

describe('a device whose CA is named in another kind of string than the CA names itself', () => {
  async function makePair(issuerDer: Buffer) {
    const [caKeys, keys] = [await makeKeyPair('ec'), await makeKeyPair('ec')];
    const dates = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2099-01-01T00:00:00Z') };
    const caSpki = exportPublicKey(caKeys.publicKey);
    const caId = keyIdentifier(caSpki);
    const name = buildName('Fleet CA');
    const root = signCertificate(
      {
        ...{ serial: Buffer.of(1), issuerDer: toDer(name), subject: name, ...dates, spkiDer: caSpki },
        extensions: caExtensions({ subject: caId, issuer: caId }),
      },
      caKeys,
    );
    const spkiDer = exportPublicKey(keys.publicKey);
    const device = signCertificate(
      {
        ...{ serial: Buffer.of(2), issuerDer, subject: buildName('board-1'), ...dates, spkiDer },
        extensions: deviceExtensions({ subject: keyIdentifier(spkiDer), issuer: caId }, [
          deviceName('board-1'),
        ]),
      },
      caKeys,
    );
    return { root, device, keys };
  }

  it('is let in, because OpenSSL takes the two names for one', async () => {
    const { root, device, keys } = await makePair(nameOf('Fleet CA', 0x13));
    const issuer = readCertificate(root);
    expect(isIssuedBy(readCertificate(device), issuer)).toBe(true);
    const proof = { purpose: 'clientAuth', certificate: device, privateKey: keys.privateKey } as const;
    expect(await proveCertificate({ ...proof, issuer, cas: [issuer] })).toBeNull();
    const judge = createJudgeDevice({ ca: root.toString(), takenOver: [] }, 'refuse');
    expect(judge(device)).toMatchObject({ ok: true, identity: { id: 'board-1' } });
  });

  it('is refused under another name, and by another CA of that name', async () => {
    const [one, other] = [await makePair(nameOf('Fleet CA')), await makePair(nameOf('Other CA'))];
    const [first, second] = [readCertificate(one.root), readCertificate(other.root)];
    expect(isIssuedBy(readCertificate(one.device), first)).toBe(true);
    expect(isIssuedBy(readCertificate(one.device), second)).toBe(false);
    expect(isIssuedBy(readCertificate(other.device), second)).toBe(false);
  });
});
