import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acceptedKeys } from '../../../src/core/reasons/key-words';
import { DomainError } from '../../../src/core/errors';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { mustRun, run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { issue, type Issue, type KeyKind } from '../../support/test-pki';

const says = (...more: string[]) => [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
  ...more,
];
const named = ['nameConstraints=critical,permitted;DNS:acme.example'];

interface Source {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A root, or what stands first of several, made by openssl. */
async function made(...what: Partial<Issue>[]): Promise<Source> {
  const folder = await temporaryFolder();
  const names = what.map((_, index) => `ca-${what.length - index}`);
  for (const [index, one] of [...what.entries()].reverse()) {
    const name = names[index] ?? '';
    const issuer = names[index + 1];
    await issue(folder, {
      name,
      subject: `/O=Acme/CN=${name}`,
      extensions: says(),
      ...(issuer === undefined ? {} : { issuer }),
      ...one,
    });
  }
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  const pems = await Promise.all(names.map((name) => read(`${name}.crt`)));
  return { certificatePem: pems.join(''), keyPem: await read(`${names[0] ?? ''}.key`) };
}

/** Puts a CA where it is read, as a person does with cp. */
async function placed({ certificatePem, keyPem }: Source): Promise<TestFolder> {
  const folder = await emptyFolder();
  await mkdir(folder.dir, { mode: 0o700 });
  await writeFile(folder.at('ca.crt'), certificatePem);
  await writeFile(folder.at('ca.key'), keyPem, { mode: 0o600 });
  return folder;
}

type Kind = readonly [what: string, cas: readonly Partial<Issue>[], isKnownWithoutKey: boolean];

const useless: readonly Kind[] = [
  ['name constraints that no device fits', [{ extensions: says(...named) }], false],
  ['an extended key usage without clientAuth', [{ extensions: says('extendedKeyUsage=serverAuth') }], true],
  [
    'an extended key usage without clientAuth above it',
    [{}, { extensions: says('extendedKeyUsage=serverAuth') }],
    true,
  ],
  [
    'a path length above it that allows no CA',
    [{}, { extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', ...says().slice(1)] }],
    true,
  ],
  ['an RSA key of 1024 bits', [{ key: 'rsa-1024' }], true],
  ['a weak key above it', [{}, { key: 'rsa-1024' }], true],
  ['a curve written out', [{ key: 'ec-explicit' }], true],
  ['a brainpool key', [{ key: 'ec-brainpool' }], false],
  ['an RSA-PSS key', [{ key: 'rsa-pss' }], false],
  ['an Ed448 key', [{ key: 'ed448' }], false],
];

describe('importing a CA', () => {
  it.each(useless)('is refused for %s, and leaves what was there', async (_, cas) => {
    const source = await made(...cas);
    const empty = await emptyFolder();
    await expect(empty.folder.importCa(source)).rejects.toEqual(refusal('invalid-input'));
    await expect(readdir(empty.dir)).rejects.toMatchObject({ code: 'ENOENT' });
    const used = await folderWithCa();
    const before = [await readdir(used.dir), await used.read('ca.crt'), await used.read('issued.jsonl')];
    await expect(used.folder.importCa({ ...source, force: true })).rejects.toEqual(refusal('invalid-input'));
    expect([await readdir(used.dir), await used.read('ca.crt'), await used.read('issued.jsonl')]).toEqual(
      before,
    );
  });

  it.each(useless)(
    'says the same of %s without the key, where that can be known',
    async (_, cas, isKnown) => {
      const { certificatePem } = await made(...cas);
      const { folder } = await emptyFolder();
      const outcome = folder.importCa({ certificatePem });
      if (isKnown) await expect(outcome).rejects.toEqual(refusal('invalid-input'));
      else await expect(outcome).resolves.toBeDefined();
    },
  );

  it('warns of name constraints where devices are certified elsewhere', async () => {
    const { certificatePem } = await made({ extensions: says(...named) });
    const { folder } = await emptyFolder();
    const { warnings } = await folder.importCa({ certificatePem });
    expect(warnings.map(({ code }) => code)).toContain('name-constraints');
  });

  it('warns of a CA that may issue no server certificate, which is then refused', async () => {
    const source = await made({ extensions: says('extendedKeyUsage=clientAuth') });
    const { folder, dir } = await emptyFolder();
    const { warnings } = await folder.importCa(source);
    expect(warnings.map(({ code }) => code)).toContain('issues-no-server');
    await expect(folder.createServer({ names: ['localhost'], ips: [] })).rejects.toEqual(
      refusal('configuration'),
    );
    expect(await readdir(dir)).not.toContain('server.key');
    await expect(folder.createDevice({ id: 'a' })).resolves.toBeDefined();
  });

  it('takes CAs that signed each other, which have no highest one', async () => {
    const folder = await temporaryFolder();
    const at = (name: string) => path.join(folder, name);
    for (const name of ['a', 'b']) await issue(folder, { name, subject: `/CN=${name}`, extensions: says() });
    for (const [of, by] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await issue(folder, {
        ...{ name: `${of}-by-${by}`, subject: `/CN=${of}`, extensions: says(), issuer: by, keyOf: of },
      });
    }
    const pems = await Promise.all(['a-by-b', 'b-by-a'].map((name) => readFile(at(`${name}.crt`), 'utf8')));
    const made = await emptyFolder();
    await expect(made.folder.importCa({ certificatePem: pems.join('') })).resolves.toBeDefined();
  });

  it.each([
    [
      'openssl req -x509 makes, without keyUsage',
      ['basicConstraints=critical,CA:TRUE', 'subjectKeyIdentifier=hash'],
    ],
    ['an old tool makes, with little in it', ['basicConstraints=CA:TRUE']],
  ])('takes one as %s, and says what strict clients miss', async (_, extensions) => {
    const source = await made({ extensions });
    const { folder, at } = await emptyFolder();
    const { warnings } = await folder.importCa(source);
    expect(warnings.map(({ code }) => code)).toContain('strict-clients-refuse');
    await folder.createDevice({ id: 'a' });
    const verify = (...args: string[]) => run('openssl', ['verify', ...args, at('devices', 'a.crt')]);
    expect((await verify('-CAfile', at('ca.crt'))).code).toBe(0);
    expect((await verify('-x509_strict', '-CAfile', at('ca.crt'))).code).not.toBe(0);
  });

  it('says nothing of a CA that strict clients take', async () => {
    const { folder, at } = await emptyFolder();
    const { warnings } = await folder.importCa(await made({}));
    expect(warnings.map(({ code }) => code)).toEqual(['trusts-cas-below']);
    await folder.createDevice({ id: 'a' });
    const { code } = await run('openssl', [
      ...['verify', '-x509_strict', '-auth_level', '2', '-purpose', 'sslclient'],
      ...['-CAfile', at('ca.crt'), at('devices', 'a.crt')],
    ]);
    expect(code).toBe(0);
  });
});

describe('issuing with a CA that was put there by hand', () => {
  it.each<[string, readonly Partial<Issue>[]]>([
    ['name constraints that the names do not fit', [{ extensions: says(...named) }]],
    ['an extended key usage for something else', [{ extensions: says('extendedKeyUsage=codeSigning') }]],
    ['a curve written out', [{ key: 'ec-explicit' }]],
    ['a brainpool key', [{ key: 'ec-brainpool' }]],
  ])('is refused for %s, and nothing is written', async (_, cas) => {
    const { folder, dir, at } = await placed(await made(...cas));
    const csrPem = (
      await mustRun('openssl', [
        ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-keyout', path.join(await temporaryFolder(), 'key'), '-subj', '/CN=a'],
      ])
    ).stdout;
    const files = async () => (await readdir(dir)).filter((name) => name !== '.folder.lock');
    const before = await files();
    for (const request of [{ id: 'a' }, { id: 'a', csrPem }]) {
      await expect(folder.createDevice(request)).rejects.toEqual(refusal('configuration'));
    }
    await expect(folder.createServer({ names: ['localhost'], ips: [] })).rejects.toEqual(
      refusal('configuration'),
    );
    expect(await files()).toEqual(before);
    expect((await folder.verify()).filter(({ severity }) => severity === 'error')).toContainEqual(
      expect.objectContaining({ path: at('ca.crt') }),
    );
  });

  it('works for names that its name constraints allow', async () => {
    const { folder } = await placed(await made({ extensions: says(...named) }));
    await expect(folder.createDevice({ id: 'b1.acme.example' })).resolves.toBeDefined();
    await expect(folder.createDevice({ id: 'b1.other.example' })).rejects.toEqual(refusal('configuration'));
    await expect(folder.createServer({ names: ['updates.acme.example'], ips: [] })).resolves.toBeDefined();
  });

  it('still works with a weak key, as yesterday, and says what strict clients say', async () => {
    const { folder, at } = await placed(await made({ key: 'rsa-1024' }));
    const { warnings } = await folder.createDevice({ id: 'a' });
    await folder.createServer({ names: ['localhost'], ips: [] });
    expect(warnings.map(({ code }) => code)).toContain('strict-clients-refuse');
    const findings = await folder.verify();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'warning', path: at('devices', 'a.crt') }),
    );
  });
});

describe('a hint', () => {
  async function hintOf(work: Promise<unknown>): Promise<string> {
    const error: unknown = await work.catch((caught: unknown) => caught);
    if (!(error instanceof DomainError) || error.remedy === undefined) throw new Error('there is no hint');
    return error.remedy;
  }

  const commandIn = (hint: string) => hint.slice(hint.indexOf('openssl '));

  it.each([
    ['PKCS #8', ['pkey', '-aes128']],
    ['the old form', ['ec', '-aes128']],
  ])('for an encrypted CA key in %s is a command that works', async (_, encrypt) => {
    const source = await made({});
    const folder = path.join(await temporaryFolder(), "it's here");
    await mkdir(folder);
    const keyFile = path.join(folder, 'my ca.key');
    await mustRun('openssl', [...encrypt, '-passout', 'pass:secret', '-out', keyFile], {
      input: source.keyPem,
    });
    const target = await emptyFolder();
    const request = { ...source, keyPem: await readFile(keyFile, 'utf8'), keyFile };
    const hint = await hintOf(target.folder.importCa(request));
    await mustRun('sh', ['-c', `${commandIn(hint)} -passin pass:secret`]);
    const [decrypted = ''] = (await readdir(folder)).filter((name) => name !== 'my ca.key');
    const keyPem = await readFile(path.join(folder, decrypted), 'utf8');
    await expect(target.folder.importCa({ ...source, keyPem })).resolves.toBeDefined();
  });

  it('for an encrypted key that lies in the folder is one too, and puts it in its place', async () => {
    const { folder, at, read } = await folderWithCa();
    await mustRun('openssl', ['pkey', '-aes128', '-passout', 'pass:secret', '-out', at('ca.enc')], {
      input: await read('ca.key'),
    });
    await copyFile(at('ca.enc'), at('ca.key'));
    const command = commandIn(await hintOf(folder.createDevice({ id: 'a' })));
    await mustRun('sh', ['-c', command.replace('openssl pkey', 'openssl pkey -passin pass:secret')]);
    await expect(folder.createDevice({ id: 'a' })).resolves.toBeDefined();
  });

  const request = async (...key: string[]) =>
    (
      await mustRun('openssl', [
        ...['req', '-new', '-nodes', '-keyout', path.join(await temporaryFolder(), 'key')],
        ...['-subj', '/CN=a', '-newkey', ...key],
      ])
    ).stdout;

  it('names every kind of key that is accepted, for requests and CAs alike', async () => {
    const { folder } = await folderWithCa();
    expect(await hintOf(folder.createDevice({ id: 'a', csrPem: await request('ed448') }))).toContain(
      acceptedKeys,
    );
    const other = await emptyFolder();
    expect(await hintOf(other.folder.importCa(await made({ key: 'ec-brainpool' })))).toContain(acceptedKeys);
    expect(await hintOf(other.folder.importCa({ ...(await made({})), keyPem: 'none' }))).toContain(
      acceptedKeys,
    );
    const kinds: readonly [string, KeyKind, readonly string[]][] = [
      ['P-256', 'ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
      ['P-384', 'ec-p384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
      ['P-521', 'ec-p521', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521']],
      ['RSA', 'rsa', ['rsa:2048']],
      ['Ed25519', 'ed25519', ['ed25519']],
    ];
    for (const [word, key, args] of kinds) {
      expect(acceptedKeys).toContain(word);
      const made1 = await emptyFolder();
      await made1.folder.importCa(await made({ key }));
      await expect(
        made1.folder.createDevice({ id: 'a', csrPem: await request(...args) }),
      ).resolves.toBeDefined();
    }
  });
});
