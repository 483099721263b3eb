import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { mustRun, temporaryFolder } from './programs';

/** A throw-away key that signs bundles, and the CA to verify it. */
export interface Signer {
  readonly certPath: string;
  readonly keyPath: string;
  /** Keyring PEM: the root. */
  readonly caPath: string;
  /** PEM files of the CAs between root and signer. */
  readonly intermediates: readonly string[];
}

interface Recipe {
  readonly key?: KeyKind;
  /** Extensions of the signer's certificate, in openssl's notation. */
  readonly extensions?: readonly string[];
  readonly subject?: string;
  /** UTC, as openssl writes it. */
  readonly validity?: readonly [start: string, end: string];
  readonly intermediate?: boolean;
  readonly caKey?: KeyKind;
  readonly rootSubject?: string;
  readonly rootExtensions?: readonly string[];
  /** Extensions of the CAs above it; the default makes them plain CAs. */
  readonly caExtensions?: readonly string[];
  readonly selfSigned?: boolean;
}

export type KeyKind =
  | 'ec'
  | 'ec-p384'
  | 'ec-p521'
  | 'ec-brainpool'
  | 'ec-explicit'
  | 'rsa'
  | 'rsa-1024'
  | 'rsa-pss'
  | 'ed25519'
  | 'ed448';

const keyArguments: Readonly<Record<KeyKind, readonly string[]>> = {
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'ec-p384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'ec-p521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  'ec-brainpool': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'],
  'ec-explicit': [
    ...['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-pkeyopt', 'ec_param_enc:explicit'],
  ],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  'rsa-pss': ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ed25519: ['-algorithm', 'ED25519'],
  ed448: ['-algorithm', 'ED448'],
};

const plainCa = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const plainLeaf = ['basicConstraints=critical,CA:FALSE', 'subjectKeyIdentifier=hash'];

const recipes = {
  ec: {},
  'ec-p384': { key: 'ec-p384' },
  'ec-p521': { key: 'ec-p521' },
  rsa: { key: 'rsa' },
  'rsa-1024': { key: 'rsa-1024' },
  'rsa-pss': { key: 'rsa-pss' },
  ed25519: { key: 'ed25519' },
  intermediate: { intermediate: true },
  'intermediate-rsa': { intermediate: true, key: 'rsa' },
  codesign: { extensions: [...plainLeaf, 'extendedKeyUsage=codeSigning'] },
  email: { extensions: [...plainLeaf, 'extendedKeyUsage=emailProtection'] },
  server: { extensions: [...plainLeaf, 'extendedKeyUsage=serverAuth'] },
  'key-agreement-only': { extensions: [...plainLeaf, 'keyUsage=critical,keyAgreement'] },
  'codesign-limited-ca': {
    extensions: [...plainLeaf, 'extendedKeyUsage=codeSigning'],
    intermediate: true,
    caExtensions: [...plainCa, 'extendedKeyUsage=serverAuth'],
  },
  'codesign-able-ca': {
    extensions: [...plainLeaf, 'extendedKeyUsage=codeSigning'],
    intermediate: true,
    caExtensions: [...plainCa, 'extendedKeyUsage=codeSigning'],
  },
  'issued-by-non-ca': { intermediate: true, caExtensions: ['basicConstraints=critical,CA:FALSE'] },
  'issuer-may-not-certify': {
    intermediate: true,
    caExtensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature'],
  },
  'path-too-long': {
    intermediate: true,
    rootExtensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign,cRLSign'],
  },
  'path-met': {
    intermediate: true,
    rootExtensions: ['basicConstraints=critical,CA:TRUE,pathlen:1', 'keyUsage=critical,keyCertSign,cRLSign'],
  },
  'issuer-may-not-revoke': {
    intermediate: true,
    caExtensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
  },
  impostor: { rootSubject: '/O=Test/CN=Root of ec', subject: '/O=Test/CN=Signer ec' },
  'garbled-purpose': { extensions: [...plainLeaf, '2.5.29.37=DER:0500'] },
  'garbled-key-usage': { extensions: [...plainLeaf, '2.5.29.15=critical,DER:0500'] },
  'cut-key-usage': { extensions: [...plainLeaf, '2.5.29.15=critical,DER:0303'] },
  'garbled-constraints': { extensions: ['basicConstraints=critical,DER:0500'] },
  'ed25519-root': { caKey: 'ed25519' },
  'pss-root': { caKey: 'rsa-pss' },
  'weak-root': { caKey: 'rsa-1024' },
  'critical-extension': { extensions: [...plainLeaf, '1.2.3.4.5=critical,DER:0500'] },
  expired: { validity: ['20200101000000Z', '20210101000000Z'] },
  'expires-soon': { validity: ['20200101000000Z', '20270101000000Z'] },
  future: { validity: ['20700101000000Z', '20800101000000Z'] },
  'self-signed': { selfSigned: true },
  'hostile-name': { subject: '/CN=Good\u202Edoog' },
  'bus-ci': { subject: '/O=Test/CN=Bus CI' },
} satisfies Record<string, Recipe>;

export type SignerKind = keyof typeof recipes;

/** A signer of a kind, with its own root. It is made by openssl once and cached, so its keys protect nothing. */
export async function bundleSigner(kind: SignerKind = 'ec'): Promise<Signer> {
  const recipe: Recipe = recipes[kind];
  const folder = await cachedFolder('pki', [kind, recipe], (target) => makeSigner(target, kind, recipe));
  const file = (name: string) => path.join(folder, name);
  return {
    certPath: file('signer.crt'),
    keyPath: file('signer.key'),
    caPath: file(recipe.selfSigned === true ? 'signer.crt' : 'root.crt'),
    intermediates: recipe.intermediate === true ? [file('middle.crt')] : [],
  };
}

async function makeSigner(folder: string, kind: string, recipe: Recipe): Promise<void> {
  const leaf = recipe.extensions ?? plainLeaf;
  const subject = recipe.subject ?? `/O=Test/CN=Signer ${kind}`;
  if (recipe.selfSigned === true) {
    await issue(folder, { name: 'signer', subject, extensions: leaf, ...recipe });
    return;
  }
  const caKey = recipe.caKey === undefined ? {} : { key: recipe.caKey };
  await issue(folder, {
    name: 'root',
    subject: recipe.rootSubject ?? `/O=Test/CN=Root of ${kind}`,
    extensions: recipe.rootExtensions ?? plainCa,
    ...caKey,
  });
  let issuer = 'root';
  if (recipe.intermediate === true) {
    const extensions = recipe.caExtensions ?? plainCa;
    await issue(folder, {
      name: 'middle',
      subject: `/O=Test/CN=Middle of ${kind}`,
      extensions,
      issuer,
      ...caKey,
    });
    issuer = 'middle';
  }
  await issue(folder, { name: 'signer', subject, extensions: leaf, issuer, ...recipe });
}

export interface Issue {
  /** Of `<name>.crt` and `<name>.key` in the folder. */
  readonly name: string;
  readonly subject: string;
  readonly extensions: readonly string[];
  /** Name of the issuer in the same folder; itself when missing. */
  readonly issuer?: string;
  readonly key?: KeyKind;
  /** Name of a certificate in the same folder with the same key; a new key is made if missing. */
  readonly keyOf?: string;
  readonly validity?: readonly [start: string, end: string];
}

/** Issues one certificate with `openssl ca`, the only command that can set any validity. */
export async function issue(folder: string, what: Issue): Promise<void> {
  const at = (suffix: string) => path.join(folder, `${what.name}.${suffix}`);
  const issuer = path.join(folder, what.issuer ?? what.name);
  if (what.keyOf === undefined)
    await mustRun('openssl', ['genpkey', ...keyArguments[what.key ?? 'ec'], '-out', at('key')]);
  else await copyFile(path.join(folder, `${what.keyOf}.key`), at('key'));
  await mustRun('openssl', [
    'req',
    '-new',
    '-utf8',
    '-key',
    at('key'),
    '-subj',
    what.subject,
    '-out',
    at('csr'),
  ]);
  await writeFile(
    at('cnf'),
    [
      '[ca]\ndefault_ca=here\n[here]',
      `database=${at('index')}\nrand_serial=yes\nnew_certs_dir=${folder}`,
      `default_md=${what.key?.startsWith('ed') === true ? 'default' : 'sha256'}\npolicy=any\nstring_mask=utf8only`,
      '[any]\ncommonName=optional\norganizationName=optional\n[ext]',
      ...what.extensions,
      '',
    ].join('\n'),
  );
  await writeFile(at('index'), '');
  const [start, end] = what.validity ?? ['20200101000000Z', '20990101000000Z'];
  await mustRun('openssl', [
    ...['ca', '-batch', '-notext', '-utf8', '-preserveDN', '-config', at('cnf'), '-extensions', 'ext'],
    ...(what.issuer === undefined
      ? ['-selfsign', '-keyfile', at('key')]
      : ['-cert', `${issuer}.crt`, '-keyfile', `${issuer}.key`]),
    ...['-startdate', start, '-enddate', end, '-in', at('csr'), '-out', at('crt')],
  ]);
}

/**
 * A revocation list of a CA in a signer's folder, in PEM.
 * @param issuer such as `root` or `middle`
 * @param validity as of a certificate; the default is current for decades
 */
export async function revocationList(
  signer: Pick<Signer, 'caPath'>,
  issuer: string,
  revokedCertPaths: readonly string[] = [],
  validity: readonly [start: string, end: string] = ['20200101000000Z', '20990101000000Z'],
): Promise<string> {
  const source = path.dirname(signer.caPath);
  const folder = await temporaryFolder();
  const config = path.join(folder, 'cnf');
  await writeFile(path.join(folder, 'index'), '');
  await writeFile(config, `[ca]\ndefault_ca=here\n[here]\ndatabase=${folder}/index\ndefault_md=sha256\n`);
  const ca = [
    'ca',
    '-config',
    config,
    '-cert',
    `${source}/${issuer}.crt`,
    '-keyfile',
    `${source}/${issuer}.key`,
  ];
  for (const revoked of revokedCertPaths) await mustRun('openssl', [...ca, '-revoke', revoked]);
  const [lastUpdate, nextUpdate] = validity;
  const { stdout } = await mustRun('openssl', [
    ...[...ca, '-gencrl', '-crl_lastupdate', lastUpdate, '-crl_nextupdate', nextUpdate],
  ]);
  return stdout;
}
