import { createPrivateKey, sign as signBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor, putTogether, takeApart } from '../../support/bundle-surgery';
import { type BerElement, childAt, decodeDer, encodeDer, tlv } from '../../support/ber';
import { raucSid, run, temporaryFolder } from '../../support/programs';
import { bundleSigner } from '../../support/test-pki';

/** The parts of a CMS by their names in RFC 5652. */
interface CmsParts {
  readonly contentInfo: BerElement;
  readonly signedData: BerElement;
  readonly signerInfo: BerElement;
  readonly signedAttributes: BerElement;
  readonly contentType: BerElement;
  readonly signingTime: BerElement;
  readonly messageDigest: BerElement;
}

function partsOf(cms: Buffer): CmsParts {
  const contentInfo = decodeDer(cms);
  const signedData = childAt(contentInfo, 1, 0);
  const signerInfo = childAt(signedData, 4, 0);
  const signedAttributes = childAt(signerInfo, 3);
  const attribute = (lastOfId: number): BerElement => {
    const found = signedAttributes.children.find(
      (child) => !Buffer.isBuffer(child) && childAt(child, 0).content.at(-1) === lastOfId,
    );
    if (found === undefined || Buffer.isBuffer(found)) throw new Error('no such attribute');
    return found;
  };
  return {
    contentInfo,
    signedData,
    signerInfo,
    signedAttributes,
    contentType: attribute(3),
    signingTime: attribute(5),
    messageDigest: attribute(4),
  };
}

type Change = (parts: CmsParts) => void;

/** A bundle whose CMS is encoded otherwise; the signer signs its attributes as they stand there. */
async function judge(change: Change): Promise<{ ours: string; rauc: string }> {
  const signer = await bundleSigner();
  const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
  const parts = partsOf(cms);
  change(parts);
  const attributes = parts.signerInfo.children[3];
  if (attributes === undefined) throw new Error('no signed attributes');
  const toSign = Buffer.from(encodeDer(attributes));
  toSign[0] = 0x31;
  const at = parts.signerInfo.children[5];
  if (at !== undefined && !Buffer.isBuffer(at))
    at.content = signBytes('sha256', toSign, createPrivateKey(await readFile(signer.keyPath)));
  const bundle = putTogether({ payload, cms: encodeDer(parts.contentInfo) });
  const file = path.join(await temporaryFolder(), 'bundle.raucb');
  await writeFile(file, bundle);
  const { code } = await run(raucSid, ['info', '-C', `keyring:path=${signer.caPath}`, file]);
  const { verdict, reasons } = await inspectBytes(bundle, await profileFor(signer.caPath));
  return { ours: reasons[0]?.code ?? verdict, rauc: code === 0 ? 'accepts' : 'refuses' };
}

const element = (hex: string) => Buffer.from(hex, 'hex');
const asn1Null = element('0500');
const digestAlgorithms = (parts: CmsParts) => childAt(parts.signedData, 1);
const content = (parts: CmsParts) => childAt(parts.signedData, 2, 1, 0);
const contentOf = (of: BerElement) => Buffer.concat(of.children.map(encodeDer));
const replaceValue = (attribute: BerElement, ...values: Buffer[]) => {
  childAt(attribute, 1).children = values;
};
/** Puts an element in place of another of the same parent. */
const replace = (parent: BerElement, at: number, by: Buffer) => {
  parent.children[at] = by;
};
const algorithm = (oid: string, parameters = '') => tlv(0x30, element(oid + parameters));
const attribute = (oid: string, values: string) =>
  tlv(0x30, Buffer.concat([element(oid), tlv(0x31, element(values))]));
const sha1 = '06052b0e03021a';
const sha512 = '0609608648016503040203';
const countersignature = '06092a864886f70d010906';
const someAttribute = '06032a0304';

/** `stricter`: RAUC accepts what no tool for bundles makes, and we do not. */
type Expected = 'trusted' | 'refused' | 'stricter';

const changes: readonly (readonly [what: string, expected: Expected, change: Change])[] = [
  ['nothing', 'trusted', () => undefined],
  [
    'a message digest with a long length',
    'refused',
    ({ messageDigest }) => replaceValue(messageDigest, tlv(0x04, childAt(messageDigest, 1, 0).content, 1)),
  ],
  [
    'a constructed message digest',
    'refused',
    ({ messageDigest }) => replaceValue(messageDigest, tlv(0x24, encodeDer(childAt(messageDigest, 1, 0)))),
  ],
  [
    'a constructed message digest of indefinite length',
    'refused',
    ({ messageDigest }) =>
      replaceValue(messageDigest, tlv(0x24, encodeDer(childAt(messageDigest, 1, 0)), 'indefinite')),
  ],
  [
    'an attribute with a long length',
    'refused',
    ({ signedAttributes, messageDigest }) =>
      replace(
        signedAttributes,
        signedAttributes.children.indexOf(messageDigest),
        tlv(0x30, contentOf(messageDigest), 2),
      ),
  ],
  [
    'an attribute of indefinite length',
    'refused',
    ({ signedAttributes, contentType }) =>
      replace(
        signedAttributes,
        signedAttributes.children.indexOf(contentType),
        tlv(0x30, contentOf(contentType), 'indefinite'),
      ),
  ],
  [
    'values of an attribute with a long length',
    'refused',
    ({ contentType }) => replace(contentType, 1, tlv(0x31, contentOf(childAt(contentType, 1)), 1)),
  ],
  [
    'signed attributes with a long length',
    'refused',
    ({ signerInfo, signedAttributes }) => replace(signerInfo, 3, tlv(0xa0, contentOf(signedAttributes), 3)),
  ],
  ['an attribute with a third element', 'refused', ({ contentType }) => contentType.children.push(asn1Null)],
  [
    'an unknown attribute with values that are not sorted',
    'refused',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(someAttribute, '020102020101')),
  ],
  [
    'an unknown attribute with a constructed string',
    'refused',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(someAttribute, '2c030c0161')),
  ],
  [
    'an unknown attribute with a number that is too long',
    'refused',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(someAttribute, '02020001')),
  ],
  [
    'an unknown attribute without a value',
    'trusted',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(someAttribute, '')),
  ],
  [
    'an unknown attribute in DER',
    'trusted',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(someAttribute, '020101')),
  ],
  [
    'the signing time twice',
    'refused',
    ({ signedAttributes, signingTime }) => signedAttributes.children.push(signingTime),
  ],
  [
    'two values of the signing time',
    'refused',
    ({ signingTime }) => childAt(signingTime, 1).children.push(childAt(signingTime, 1, 0)),
  ],
  ['no value of the signing time', 'refused', ({ signingTime }) => replaceValue(signingTime)],
  [
    'a signing time that is a number',
    'stricter',
    ({ signingTime }) => replaceValue(signingTime, element('020101')),
  ],
  [
    'a signing time that is none',
    'stricter',
    ({ signingTime }) => replaceValue(signingTime, tlv(0x17, Buffer.from('garbage of 13'))),
  ],
  [
    'a signing time of the thirteenth month',
    'stricter',
    ({ signingTime }) => replaceValue(signingTime, tlv(0x17, Buffer.from('261315120000Z'))),
  ],
  [
    'a signing time without seconds',
    'refused',
    ({ signingTime }) => replaceValue(signingTime, tlv(0x17, Buffer.from('2611151200Z'))),
  ],
  [
    'a countersignature that is signed',
    'refused',
    ({ signedAttributes }) => signedAttributes.children.push(attribute(countersignature, '020101')),
  ],
  [
    'a signing time that is not signed',
    'refused',
    ({ signerInfo, signingTime }) => signerInfo.children.push(tlv(0xa1, encodeDer(signingTime))),
  ],
  [
    'an unsigned attribute',
    'trusted',
    ({ signerInfo }) => signerInfo.children.push(tlv(0xa1, attribute(someAttribute, '020101'))),
  ],
  [
    'an unsigned attribute that is none',
    'refused',
    ({ signerInfo }) => signerInfo.children.push(tlv(0xa1, asn1Null)),
  ],
  ['an element behind the signed data', 'refused', ({ contentInfo }) => contentInfo.children.push(asn1Null)],
  ['two signed data', 'refused', ({ contentInfo }) => childAt(contentInfo, 1).children.push(asn1Null)],
  ['an extra element in the signed data', 'refused', ({ signedData }) => signedData.children.push(asn1Null)],
  [
    'an extra element before the signers',
    'refused',
    ({ signedData }) => signedData.children.splice(4, 0, asn1Null),
  ],
  [
    'an extra element in the signed content',
    'refused',
    ({ signedData }) => childAt(signedData, 2).children.push(asn1Null),
  ],
  ['two contents', 'refused', ({ signedData }) => childAt(signedData, 2, 1).children.push(asn1Null)],
  ['an extra element in the signer', 'refused', ({ signerInfo }) => signerInfo.children.push(asn1Null)],
  [
    'an extra element in the id of the signer',
    'refused',
    ({ signerInfo }) => childAt(signerInfo, 1).children.push(asn1Null),
  ],
  [
    'an extra element in a digest algorithm',
    'refused',
    (parts) => childAt(digestAlgorithms(parts), 0).children.push(asn1Null, asn1Null),
  ],
  [
    'an extra element in the signature algorithm',
    'refused',
    ({ signerInfo }) => childAt(signerInfo, 4).children.push(asn1Null, asn1Null),
  ],
  [
    'a digest algorithm with NULL for parameters',
    'trusted',
    (parts) => childAt(digestAlgorithms(parts), 0).children.push(asn1Null),
  ],
  [
    'an unknown digest algorithm beside the one that is used',
    'refused',
    (parts) => digestAlgorithms(parts).children.push(algorithm(someAttribute)),
  ],
  [
    'a known digest algorithm beside the one that is used',
    'trusted',
    (parts) => digestAlgorithms(parts).children.push(algorithm(sha512)),
  ],
  [
    'SHA-1 beside the digest algorithm that is used',
    'trusted',
    (parts) => digestAlgorithms(parts).children.push(algorithm(sha1, '0500')),
  ],
  ['a digest algorithm that is none', 'refused', (parts) => digestAlgorithms(parts).children.push(asn1Null)],
  ['a large version', 'refused', ({ signedData }) => replace(signedData, 0, element('02050100000001'))],
  ['a version in five bytes', 'refused', ({ signedData }) => replace(signedData, 0, element('0202007f'))],
  ['a version that is not a number', 'refused', ({ signedData }) => replace(signedData, 0, asn1Null)],
  ['another version', 'trusted', ({ signedData }) => replace(signedData, 0, element('020109'))],
  [
    'a large version of the signer',
    'refused',
    ({ signerInfo }) => replace(signerInfo, 0, element('02050100000001')),
  ],
  [
    'a certificate of an unknown kind',
    'refused',
    ({ signedData }) => childAt(signedData, 3).children.push(tlv(0xa5, asn1Null)),
  ],
  [
    'a certificate that is none',
    'refused',
    ({ signedData }) => childAt(signedData, 3).children.push(asn1Null),
  ],
  [
    'a certificate of another format',
    'stricter',
    ({ signedData }) =>
      childAt(signedData, 3).children.push(tlv(0xa3, Buffer.concat([element(someAttribute), asn1Null]))),
  ],
  [
    'a revocation list that is none',
    'refused',
    ({ signedData }) => signedData.children.splice(4, 0, tlv(0xa1, tlv(0x30, asn1Null))),
  ],
  [
    'content in pieces',
    'trusted',
    (parts) =>
      replace(childAt(parts.signedData, 2, 1), 0, tlv(0x24, encodeDer(content(parts)), 'indefinite')),
  ],
  [
    'content in pieces of pieces of pieces of pieces of pieces',
    'refused',
    (parts) => {
      const nested = Array.from({ length: 8 }).reduce<Buffer>(
        (inner) => tlv(0x24, inner, 'indefinite'),
        encodeDer(content(parts)),
      );
      replace(childAt(parts.signedData, 2, 1), 0, nested);
    },
  ],
  [
    'a signature in pieces',
    'stricter',
    ({ signerInfo }) => {
      const signature = childAt(signerInfo, 5);
      replace(signerInfo, 5, tlv(0x24, encodeDer(signature)));
    },
  ],
];

describe('the encoding of a signature, judged by us and by RAUC', () => {
  it.each(changes.map(([what, expected, change]) => ({ what, expected, change })))(
    'is $expected with $what',
    async ({ expected, change }) => {
      const { ours, rauc } = await judge(change);
      if (expected === 'trusted') expect(ours).toBe('trusted');
      else expect(ours).toMatch(/^signature-(encoding|invalid|mismatch)$/);
      expect(rauc).toBe(expected === 'refused' ? 'refuses' : 'accepts');
    },
  );
});
