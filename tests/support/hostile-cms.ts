import { readFile } from 'node:fs/promises';
import { childAt, decodeDer, encodeDer, tlv } from './ber';
import { makeBundle } from './bundle-factory';
import { inlineManifest, putTogether, sign, takeApart } from './bundle-surgery';
import { bundleSigner } from './test-pki';

/** Path to the certificates in a CMS with one certificate. */
const certificates = [1, 0, 3] as const;
const signerKey = [...certificates, 0, 0, 6] as const;

/** An RSA SubjectPublicKeyInfo with numbers of the given sizes; the modulus is odd, as OpenSSL requires. */
export function rsaKeyInfo(modulusBits: number, exponentBits: number): Buffer {
  const algorithm = tlv(0x30, Buffer.from('06092a864886f70d0101010500', 'hex'));
  const key = tlv(0x30, Buffer.concat([oddInteger(modulusBits), oddInteger(exponentBits)]));
  return tlv(0x30, Buffer.concat([algorithm, tlv(0x03, Buffer.concat([Buffer.alloc(1), key]))]));
}

function oddInteger(bits: number): Buffer {
  const number = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  number[0] = 0xff >> ((8 - (bits % 8)) % 8);
  return tlv(0x02, bits % 8 === 0 ? Buffer.concat([Buffer.alloc(1), number]) : number);
}

/** A valid bundle, except for the key in its signer's certificate. */
export async function bundleWithKey(modulusBits: number, exponentBits: number): Promise<Buffer> {
  const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
  const signed = decodeDer(await sign(await inlineManifest(cms), await bundleSigner('rsa')));
  const parent = childAt(signed, ...signerKey.slice(0, -1));
  parent.children[signerKey.at(-1) ?? 0] = rsaKeyInfo(modulusBits, exponentBits);
  return putTogether({ payload, cms: encodeDer(signed) });
}

/** A valid bundle whose CMS contains its signer's certificate several times. */
export async function bundleWithCertificates(count: number): Promise<Buffer> {
  const { payload, cms } = takeApart(await readFile((await makeBundle()).path));
  const signed = decodeDer(await sign(await inlineManifest(cms), await bundleSigner()));
  const set = childAt(signed, ...certificates);
  const [first] = set.children;
  if (first === undefined) throw new Error('no certificate');
  set.children = Array.from({ length: count }, () => first);
  return putTogether({ payload, cms: encodeDer(signed) });
}
