import { createHash, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type AsnType,
  GeneralizedTime,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
} from 'asn1js';
import { AlgorithmIdentifier, Attribute } from 'pkijs';
import { makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor, putTogether, takeApart } from '../../support/bundle-surgery';
import { encodeSignedData, onlySigner, parseSignedData, signAttributes } from '../../support/cms-surgery';
import { bundleSigner } from '../../support/test-pki';

const contentType = '1.2.840.113549.1.9.3';
const messageDigest = '1.2.840.113549.1.9.4';
const signingTime = '1.2.840.113549.1.9.5';

/** A real bundle whose signer signed other attributes than `rauc bundle` makes. */
async function judge(change: (attributes: Attribute[]) => Attribute[]): Promise<string> {
  const signer = await bundleSigner();
  const key = createPrivateKey(await readFile(signer.keyPath));
  const profile = await profileFor(signer.caPath, { timeSource: 'signing-time' });
  const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
  const signed = parseSignedData(cms);
  const info = onlySigner(signed);
  signAttributes(info, change(info.signedAttrs?.attributes ?? []), key);
  const { verdict, reasons } = await inspectBytes(
    putTogether({ payload, cms: encodeSignedData(signed) }),
    profile,
  );
  return reasons[0]?.code ?? verdict;
}

const without = (type: string) => (attributes: Attribute[]) => attributes.filter((a) => a.type !== type);
const withValues = (type: string, values: (old: unknown[]) => unknown[]) => (attributes: Attribute[]) =>
  attributes.map((a) => (a.type === type ? new Attribute({ type, values: values(a.values) }) : a));
const twice = (type: string) => (attributes: Attribute[]) => [
  ...attributes,
  ...attributes.filter((a) => a.type === type),
];

describe('signed attributes', () => {
  it('as they are make a trusted bundle', async () => {
    expect(await judge((attributes) => attributes)).toBe('trusted');
  });

  it.each([
    ['without a message digest', without(messageDigest)],
    ['without a content type', without(contentType)],
    ['with two message digests', twice(messageDigest)],
    ['with two values of one message digest', withValues(messageDigest, (old) => [...old, ...old])],
    ['with no value of the message digest', withValues(messageDigest, () => [])],
    ['with a message digest of another type', withValues(messageDigest, () => [new Integer({ value: 1 })])],
    ['with another content type', withValues(contentType, () => [new ObjectIdentifier({ value: '1.2.3' })])],
  ])('%s are refused', async (_name, change) => {
    expect(await judge(change)).toBe('signature-invalid');
  });

  it('with the digest of something else are refused', async () => {
    const digest = createHash('sha256').update('else').digest();
    const other = withValues(messageDigest, () => [new OctetString({ valueHex: digest })]);
    expect(await judge(other)).toBe('content-damaged');
  });

  it('without a signing time cannot vouch for a time (H20)', async () => {
    expect(await judge(without(signingTime))).toBe('signing-time');
  });

  it.each([
    ['given twice', twice(signingTime)],
    ['given with two values', withValues(signingTime, (old) => [...old, ...old])],
    ['of another type', withValues(signingTime, () => [new Integer({ value: 1 })])],
  ])('with a signing time that is %s are refused (H20)', async (_name, change) => {
    expect(await judge(change)).toBe('signature-invalid');
  });

  it('with a signing time in the form of years after 2049 are believed', async () => {
    const change = withValues(signingTime, () => [
      new GeneralizedTime({ valueDate: new Date('2051-01-01T00:00:00Z') }),
    ]);
    expect(await judge(change)).toBe('trusted');
  });
});

describe('signers', () => {
  it('must be one: a signature without any is refused (H10)', async () => {
    const signer = await bundleSigner();
    const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
    const signed = parseSignedData(cms);
    signed.signerInfos = [];
    const bundle = putTogether({ payload, cms: encodeSignedData(signed) });
    expect(await inspectBytes(bundle, await profileFor(signer.caPath))).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'signature-invalid' }],
    });
  });
});

describe('a signature algorithm', () => {
  it.each<[string, AsnType | undefined]>([
    ['none', undefined],
    ['NULL', new Null()],
    ['a number', new Integer({ value: 1 })],
    ['a list of numbers', new Sequence({ value: [new Integer({ value: 20 })] })],
    ['an empty list', new Sequence()],
  ])('PSS with %s for parameters is refused', async (_name, algorithmParams) => {
    const signer = await bundleSigner('rsa');
    const { payload, cms } = takeApart(await readFile((await makeBundle({ signer })).path));
    const signed = parseSignedData(cms);
    onlySigner(signed).signatureAlgorithm = new AlgorithmIdentifier({
      algorithmId: '1.2.840.113549.1.1.10',
      ...(algorithmParams === undefined ? {} : { algorithmParams }),
    });
    const bundle = putTogether({ payload, cms: encodeSignedData(signed) });
    expect(await inspectBytes(bundle, await profileFor(signer.caPath))).toMatchObject({
      verdict: 'broken',
      reasons: [{ code: 'signature-invalid' }],
    });
  });
});
