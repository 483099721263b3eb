import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { type Issue, issue, revocationList } from './test-pki';

/**
 * Certificates with more than one possible path: some share a name and a key, some only a name. The chosen path decides whether a
 * signature is valid.
 */
const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const known = [...authority, 'subjectKeyIdentifier=hash'];
const signer = ['basicConstraints=critical,CA:FALSE', 'subjectKeyIdentifier=hash'];
const past = ['20200101000000Z', '20210101000000Z'] as const;
const rootName = '/O=Test/CN=Ambiguous root';
const middleName = '/O=Test/CN=Ambiguous middle';
const selfName = '/O=Test/CN=Ambiguous self';

const issues: readonly Issue[] = [
  { name: 'root', subject: rootName, extensions: known },
  {
    name: 'root-short',
    subject: rootName,
    extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', ...known.slice(1)],
    keyOf: 'root',
  },
  { name: 'root-old', subject: rootName, extensions: known, keyOf: 'root', validity: past },
  {
    name: 'root-no-ca',
    subject: rootName,
    extensions: ['basicConstraints=critical,CA:FALSE', 'subjectKeyIdentifier=hash'],
    keyOf: 'root',
  },
  { name: 'root-twin', subject: rootName, extensions: known },
  { name: 'other', subject: '/O=Test/CN=Other root', extensions: known },
  { name: 'middle', subject: middleName, extensions: known, issuer: 'root' },
  {
    name: 'middle-old',
    subject: middleName,
    extensions: known,
    issuer: 'root',
    keyOf: 'middle',
    validity: past,
  },
  { name: 'middle-twin', subject: middleName, extensions: known, issuer: 'root' },
  {
    name: 'middle-mute',
    subject: middleName,
    extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature'],
    issuer: 'root',
    keyOf: 'middle',
  },
  { name: 'middle-cross', subject: middleName, extensions: known, issuer: 'other', keyOf: 'middle' },
  {
    name: 'middle-capital',
    subject: '/O=TEST/CN=AMBIGUOUS  Middle',
    extensions: known,
    issuer: 'root',
    keyOf: 'middle',
  },
  {
    name: 'middle-bounded',
    subject: middleName,
    extensions: [...known, 'nameConstraints=excluded;email:example.com'],
    issuer: 'root',
    keyOf: 'middle',
  },
  {
    name: 'middle-permitting',
    subject: middleName,
    extensions: [...known, 'nameConstraints=critical,permitted;dirName:below', '[below]', 'O=TEST'],
    issuer: 'root',
    keyOf: 'middle',
  },
  {
    name: 'middle-excluding',
    subject: middleName,
    extensions: [...known, 'nameConstraints=excluded;dirName:below', '[below]', 'O=Test', 'CN=Leaf'],
    issuer: 'root',
    keyOf: 'middle',
  },
  {
    name: 'middle-elsewhere',
    subject: middleName,
    extensions: [...known, 'nameConstraints=permitted;dirName:below', '[below]', 'O=Elsewhere'],
    issuer: 'root',
    keyOf: 'middle',
  },
  {
    name: 'middle-of-hosts',
    subject: middleName,
    extensions: [...known, 'nameConstraints=permitted;DNS:example.com'],
    issuer: 'root',
    keyOf: 'middle',
  },
  { name: 'leaf', subject: '/O=Test/CN=Leaf', extensions: signer, issuer: 'middle' },
  {
    name: 'leaf-precise',
    subject: '/O=Test/CN=Leaf',
    extensions: [...signer, 'authorityKeyIdentifier=keyid:always'],
    issuer: 'middle',
  },
  {
    name: 'leaf-serial',
    subject: '/O=Test/CN=Leaf',
    extensions: [...signer, 'authorityKeyIdentifier=issuer:always'],
    issuer: 'middle',
  },
  {
    name: 'leaf-mail',
    subject: '/O=Test/CN=Leaf',
    extensions: [...signer, 'subjectAltName=email:a@example.com'],
    issuer: 'middle',
  },
  { name: 'leaf-root', subject: '/O=Test/CN=Leaf', extensions: signer, issuer: 'root' },
  {
    name: 'leaf-code',
    subject: '/O=Test/CN=Leaf',
    extensions: [...signer, 'extendedKeyUsage=codeSigning'],
    issuer: 'middle',
  },
  {
    name: 'leaf-netscape',
    subject: '/O=Test/CN=Leaf',
    extensions: [...signer, 'nsCertType=server'],
    issuer: 'middle',
  },
  {
    name: 'leaf-proxy',
    subject: '/O=Test/CN=Leaf',
    extensions: ['1.3.6.1.5.5.7.1.14=DER:300c300a06082b06010505071501'],
    issuer: 'middle',
  },
  { name: 'leaf-old', subject: '/O=Test/CN=Leaf', extensions: signer, issuer: 'middle', validity: past },
  { name: 'self', subject: selfName, extensions: signer },
  { name: 'self-twin', subject: selfName, extensions: signer, keyOf: 'self' },
];

const lists = {
  'root-list': { issuer: 'root' },
  'middle-list': { issuer: 'middle' },
  'middle-list-revoking': { issuer: 'middle', revoked: ['leaf'] },
  'root-list-old': { issuer: 'root', validity: past },
  'root-twin-list-newer': { issuer: 'root-twin', validity: ['20240101000000Z', '20990101000000Z'] },
} as const;

export interface AmbiguousPki {
  /** A certificate or a revocation list, in PEM. */
  readonly pem: (name: string) => Promise<string>;
  readonly der: (name: string) => Promise<Buffer>;
  readonly certPath: (name: string) => string;
  readonly keyPath: (name: string) => string;
}

export async function ambiguousPki(): Promise<AmbiguousPki> {
  const folder = await cachedFolder('ambiguous-pki', issues, async (target) => {
    for (const one of issues) await issue(target, one);
  });
  const certPath = (name: string) => path.join(folder, `${name}.crt`);
  const made = new Map<string, Promise<string>>();
  for (const [name, list] of Object.entries(lists)) {
    const revoked = 'revoked' in list ? list.revoked.map(certPath) : [];
    const validity = 'validity' in list ? list.validity : undefined;
    made.set(name, revocationList({ caPath: certPath('root') }, list.issuer, revoked, validity));
  }
  return {
    pem: (name) => made.get(name) ?? readFile(certPath(name), 'utf8'),
    der: async (name) => new X509Certificate(await readFile(certPath(name))).raw,
    certPath,
    keyPath: (name) => path.join(folder, `${name}.key`),
  };
}
