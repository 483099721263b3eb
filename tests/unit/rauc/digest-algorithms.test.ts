import { createHash, createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OctetString } from 'asn1js';
import { AlgorithmIdentifier, Attribute } from 'pkijs';
import { makeBundle } from '../../support/bundle-factory';
import {
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  takeApart,
} from '../../support/bundle-surgery';
import { encodeSignedData, onlySigner, parseSignedData, signAttributes } from '../../support/cms-surgery';
import { raucSid, run, temporaryFolder } from '../../support/programs';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

const digests = { sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3' } as const;
const signatures = {
  'ecdsa-sha256': '1.2.840.10045.4.3.2',
  'ecdsa-sha384': '1.2.840.10045.4.3.3',
  'rsa-sha256': '1.2.840.113549.1.1.11',
  'rsa-sha512': '1.2.840.113549.1.1.13',
} as const;
const messageDigest = '1.2.840.113549.1.9.4';

interface Algorithms {
  /** Of the SignedData. */
  readonly listed?: readonly (keyof typeof digests)[];
  /** Of the signer, with which the content is hashed. */
  readonly digest?: keyof typeof digests;
  /** What the signer says that it signed with, */
  readonly signature?: keyof typeof signatures;
  /** and the hash that it really took. */
  readonly signedWith?: string;
}

/** A real bundle signed again with other algorithms, and what we and RAUC say about it. */
async function judge(kind: SignerKind, algorithms: Algorithms): Promise<object> {
  const { listed, digest = 'sha256', signature, signedWith = 'sha256' } = algorithms;
  const signer = await bundleSigner(kind);
  const { payload, cms } = takeApart(await readFile((await makeBundle({ signer })).path));
  const signed = parseSignedData(cms);
  const info = onlySigner(signed);
  signed.digestAlgorithms = (listed ?? [digest]).map((name) => algorithm(digests[name]));
  info.digestAlgorithm = algorithm(digests[digest]);
  if (signature !== undefined) info.signatureAlgorithm = algorithm(signatures[signature]);
  const value = new OctetString({
    valueHex: createHash(digest)
      .update(await inlineManifest(cms))
      .digest(),
  });
  const attributes = (info.signedAttrs?.attributes ?? []).map((attribute) =>
    attribute.type === messageDigest ? new Attribute({ type: messageDigest, values: [value] }) : attribute,
  );
  signAttributes(info, attributes, createPrivateKey(await readFile(signer.keyPath)), signedWith);

  const bundle = putTogether({ payload, cms: encodeSignedData(signed) });
  const file = path.join(await temporaryFolder(), 'bundle.raucb');
  await writeFile(file, bundle);
  const { code } = await run(raucSid, ['info', '-C', `keyring:path=${signer.caPath}`, file]);
  const { verdict, reasons } = await inspectBytes(bundle, await profileFor(signer.caPath));
  return { ours: reasons[0]?.code ?? verdict, rauc: code === 0 ? 'accepts' : 'refuses' };
}

function algorithm(algorithmId: string): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithmId });
}

describe('the hashes of a signature, judged by us and by RAUC', () => {
  it.each<[string, SignerKind, Algorithms]>([
    ['one that is listed', 'ec', {}],
    ['one of two that are listed', 'ec', { listed: ['sha512', 'sha256'] }],
    ['one named again by the signature', 'rsa', { signature: 'rsa-sha256' }],
    ['SHA-512 everywhere', 'rsa', { digest: 'sha512', signature: 'rsa-sha512', signedWith: 'sha512' }],
  ])('are fine: %s', async (_name, kind, algorithms) => {
    expect(await judge(kind, algorithms)).toEqual({ ours: 'trusted', rauc: 'accepts' });
  });

  it.each<[string, SignerKind, Algorithms]>([
    ['none is listed', 'ec', { listed: [] }],
    ['another is listed', 'ec', { listed: ['sha512'] }],
    ['the signature takes a stronger one', 'ec', { signature: 'ecdsa-sha384', signedWith: 'sha384' }],
    ['the signature takes a weaker one', 'ec', { digest: 'sha512', signature: 'ecdsa-sha256' }],
    ['an RSA signature takes another', 'rsa', { signature: 'rsa-sha512', signedWith: 'sha512' }],
  ])('are refused: %s', async (_name, kind, algorithms) => {
    expect(await judge(kind, algorithms)).toEqual({ ours: 'signature-invalid', rauc: 'refuses' });
  });

  it('are refused where the signature names another than it took, although RAUC does not look', async () => {
    const verdicts = await judge('rsa', { signature: 'rsa-sha512' });
    expect(verdicts).toEqual({ ours: 'signature-invalid', rauc: 'accepts' });
  });
});
