import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Integer, ObjectIdentifier, OctetString } from 'asn1js';
import { AlgorithmIdentifier, Attribute, SignedAndUnsignedAttributes, type SignedData } from 'pkijs';
import { BrokenBundle } from '../../../src/rauc/broken';
import { parseCms } from '../../../src/rauc/cms';
import { readSigner, verifySignature } from '../../../src/rauc/cms-signature';
import { sign, type SignOptions } from '../../support/bundle-surgery';
import { encodeSignedData, onlySigner, parseSignedData, signAttributes } from '../../support/cms-surgery';
import { bundleSigner, type Signer } from '../../support/test-pki';

const contentType = '1.2.840.113549.1.9.3';
const messageDigest = '1.2.840.113549.1.9.4';
const signingTime = '1.2.840.113549.1.9.5';
const countersignature = '1.2.840.113549.1.9.6';
const sha1 = '1.3.14.3.2.26';
const sha512 = '2.16.840.1.101.3.4.2.3';
const sha3of512 = '2.16.840.1.101.3.4.2.10';

const content = Buffer.from('[update]\ncompatible=test-board\nversion=1.0.0\n');
let signer: Signer;
let other: Signer;
let key: KeyObject;
let sound: Buffer;
let plain: Buffer;

beforeAll(async () => {
  signer = await bundleSigner('ec');
  other = await bundleSigner('rsa');
  key = createPrivateKey(await readFile(signer.keyPath));
  sound = await sign(content, signer);
  plain = await sign(content, signer, { extra: ['-noattr'] });
});

type Change = (signed: SignedData) => void;

/** The subject of the verified signer, or the code and the sentence of what is wrong. */
async function judge(
  cms: Buffer,
  change: Change = () => undefined,
  signedContent = content,
): Promise<string> {
  const signed = parseSignedData(cms);
  change(signed);
  try {
    const parsed = parseCms(encodeSignedData(signed));
    if (parsed.kind !== 'signed') return parsed.kind;
    const { signer: found } = await verifySignature(parsed, (sink) => {
      sink(signedContent.subarray(0, 9));
      sink(signedContent.subarray(9));
      return Promise.resolve();
    });
    return found.x509.subject;
  } catch (error) {
    if (error instanceof BrokenBundle) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const attributes =
  (change: (all: Attribute[]) => Attribute[]): Change =>
  (signed) => {
    const info = onlySigner(signed);
    signAttributes(info, change(info.signedAttrs?.attributes ?? []), key);
  };

const unsigned =
  (type: string): Change =>
  (signed) => {
    const value = new OctetString({ valueHex: Buffer.from('x') });
    onlySigner(signed).unsignedAttrs = new SignedAndUnsignedAttributes({
      type: 1,
      attributes: [new Attribute({ type, values: [value] })],
    });
  };

const flipped: Change = (signed) => {
  const bytes = Buffer.from(onlySigner(signed).signature.getValue());
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  onlySigner(signed).signature = new OctetString({ valueHex: bytes });
};

describe('a signature over signed attributes', () => {
  it('names its signer', async () => {
    expect(await judge(sound)).toContain('CN=');
  });

  it.each<[string, Change, string]>([
    ['of another byte', flipped, 'signature-mismatch'],
    [
      'over attributes without a message digest',
      attributes((all) => all.filter((one) => one.type !== messageDigest)),
      'no message digest',
    ],
    [
      'over attributes without a content type',
      attributes((all) => all.filter((one) => one.type !== contentType)),
      'content type attribute',
    ],
    [
      'over another content type',
      attributes((all) =>
        all.map((one) =>
          one.type === contentType
            ? new Attribute({ type: contentType, values: [new ObjectIdentifier({ value: '1.2.3' })] })
            : one,
        ),
      ),
      'content type attribute',
    ],
    [
      'over a digest twice',
      attributes((all) => [...all, ...all.filter((one) => one.type === messageDigest)]),
      `repeats the signed attribute ${messageDigest}`,
    ],
    [
      'over a time that is none',
      attributes((all) =>
        all.map((one) =>
          one.type === signingTime
            ? new Attribute({ type: signingTime, values: [new Integer({ value: 1 })] })
            : one,
        ),
      ),
      'signing time',
    ],
    [
      'with a countersignature among them',
      attributes((all) => [
        ...all,
        new Attribute({ type: countersignature, values: [new Integer({ value: 1 })] }),
      ]),
      'countersignature',
    ],
    [
      'with a message digest outside of them',
      unsigned(messageDigest),
      `${messageDigest} must not be among the unsigned ones`,
    ],
    [
      'with a signing time outside of them',
      unsigned(signingTime),
      `${signingTime} must not be among the unsigned ones`,
    ],
  ])('%s is refused', async (_, change, what) => {
    expect(await judge(sound, change)).toContain(what);
  });

  it('may have a countersignature outside of them', async () => {
    expect(await judge(sound, unsigned(countersignature))).toContain('CN=');
  });

  it('is of this content alone', async () => {
    expect(await judge(sound, undefined, Buffer.from('[update]\ncompatible=other\n'))).toContain(
      'content-damaged',
    );
  });
});

describe('a signature over the content itself', () => {
  it('names its signer', async () => {
    expect(await judge(plain)).toContain('CN=');
  });

  it('of another byte is refused', async () => {
    expect(await judge(plain, flipped)).toContain('signature-mismatch');
  });

  it('is of this content alone', async () => {
    expect(await judge(plain, undefined, Buffer.from('[update]\ncompatible=other\n'))).toContain(
      'signature-mismatch',
    );
  });
});

describe('what a signature says of its algorithms', () => {
  const listed =
    (...ids: string[]): Change =>
    (signed) => {
      signed.digestAlgorithms = ids.map((algorithmId) => new AlgorithmIdentifier({ algorithmId }));
    };
  const sha256 = '2.16.840.1.101.3.4.2.1';

  it('may list digests that its signer did not use', async () => {
    expect(await judge(sound, listed(sha1, sha256, sha3of512))).toContain('CN=');
  });

  it.each<[string, Change, string]>([
    ['lists none', listed(), 'lacks the one'],
    ['lists other digests alone', listed(sha512, sha1), 'lacks the one'],
    ['lists a digest that OpenSSL does not have', listed(sha256, '1.2.3.4'), '1.2.3.4, which is unknown'],
    ['lists one that only begins like SHA-1', listed(sha256, `${sha1}.1`), `${sha1}.1, which is unknown`],
    ['lists one that only ends like SHA-1', listed(sha256, `1.${sha1}`), `1.${sha1}, which is unknown`],
    ['has two signers', (signed) => signed.signerInfos.push(onlySigner(signed)), 'has 2 signers'],
    ['has no signer', (signed) => signed.signerInfos.splice(0), 'has 0 signers'],
  ])('is refused when it %s', async (_, change, what) => {
    expect(await judge(sound, change)).toContain(what);
  });

  it('is refused when its digest is SHA-1', async () => {
    expect(await judge(await sign(content, signer, { md: 'sha1' }))).toContain(`${sha1} is too weak`);
  });

  it('is refused when its digest and its signature use two hashes', async () => {
    const change: Change = (signed) => {
      signed.digestAlgorithms.push(new AlgorithmIdentifier({ algorithmId: sha512 }));
      onlySigner(signed).digestAlgorithm = new AlgorithmIdentifier({ algorithmId: sha512 });
    };
    expect(await judge(sound, change)).toContain('two different hashes');
  });
});

describe('whose certificate it is', () => {
  /** With the certificate of somebody else before that of the signer. */
  const beside = async (options: SignOptions = {}) =>
    sign(content, signer, { ...options, extra: [...(options.extra ?? []), '-certfile', other.certPath] });

  it.each<[string, string[]]>([
    ['issuer and serial number', []],
    ['a key identifier', ['-keyid']],
  ])('is said by %s', async (_, extra) => {
    const cms = await beside({ extra });
    const reversed: Change = (signed) => signed.certificates?.reverse();
    const named = await judge(cms);
    expect(named).toContain('CN=');
    expect(await judge(cms, reversed)).toBe(named);
    const parsed = parseCms(cms);
    expect(parsed.kind === 'signed' && readSigner(parsed).signer.x509.subject).toBe(named);
  });

  it.each<[string, string[]]>([
    ['issuer and serial number', []],
    ['a key identifier', ['-keyid']],
  ])('is refused when only that of another is there, by %s', async (_, extra) => {
    const cms = await sign(content, signer, { extra: [...extra, '-nocerts', '-certfile', other.certPath] });
    expect(await judge(cms)).toContain("does not contain its signer's certificate");
  });
});
