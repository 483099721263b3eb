import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder, folderWithCa, opensslText } from '../../support/certificate-folder';
import { run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { issue } from '../../support/test-pki';

describe('a CA that exists', () => {
  const caExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

  it.each(['rsa', 'ec-p384', 'ec-p521', 'ed25519'] as const)('signs with its %s key', async (key) => {
    const source = await temporaryFolder();
    const subject = '/O=Wérk/CN=Old CA';
    await issue(source, {
      name: 'old',
      key,
      subject,
      extensions: [...caExtensions, 'subjectKeyIdentifier=hash'],
    });
    const { folder, at, x509 } = await emptyFolder();
    await folder.importCa({
      certificatePem: await readFile(path.join(source, 'old.crt'), 'utf8'),
      keyPem: await readFile(path.join(source, 'old.key'), 'utf8'),
    });
    await folder.createDevice({ id: 'a' });
    await folder.createServer({ names: ['localhost'], ips: [] });
    const verify = (purpose: string, file: string) =>
      run('openssl', ['verify', '-purpose', purpose, '-CAfile', at('ca.crt'), file]);
    expect(await verify('sslclient', at('devices', 'a.crt'))).toMatchObject({ code: 0 });
    expect(await verify('sslserver', at('server.crt'))).toMatchObject({ code: 0 });
    expect((await x509('devices', 'a.crt')).checkIssued(await x509('ca.crt'))).toBe(true);
    expect((await folder.verify()).filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  it('signs although it is X.509 v1', async () => {
    const source = await temporaryFolder();
    const file = (name: string) => path.join(source, name);
    await run('openssl', ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file('k')]);
    await run('openssl', ['req', '-new', '-key', file('k'), '-subj', '/CN=v1', '-out', file('r')]);
    await run('openssl', [
      'x509',
      '-req',
      '-in',
      file('r'),
      '-signkey',
      file('k'),
      '-days',
      '99',
      '-out',
      file('c'),
    ]);
    expect(await opensslText(file('c'))).toContain('Version: 1');
    const { folder, at } = await emptyFolder();
    const { warnings } = await folder.importCa({
      certificatePem: await readFile(file('c'), 'utf8'),
      keyPem: await readFile(file('k'), 'utf8'),
    });
    expect(warnings.map(({ code }) => code)).toEqual(['strict-clients-refuse']);
    await folder.createDevice({ id: 'a' });
    const { code } = await run('openssl', [
      'verify',
      '-purpose',
      'sslclient',
      '-CAfile',
      at('ca.crt'),
      at('devices', 'a.crt'),
    ]);
    expect(code).toBe(0);
  });

  it('signs as an intermediate, alone or with its root, and says whose devices are let in', async () => {
    const source = await temporaryFolder();
    await issue(source, { name: 'root', subject: '/CN=Root', extensions: caExtensions });
    await issue(source, { name: 'mid', subject: '/CN=Mid', extensions: caExtensions, issuer: 'root' });
    const [root, mid, keyPem] = await Promise.all(
      ['root.crt', 'mid.crt', 'mid.key'].map((name) => readFile(path.join(source, name), 'utf8')),
    );
    const alone = await emptyFolder();
    const first = await alone.folder.importCa({ certificatePem: mid ?? '', keyPem: keyPem ?? '' });
    expect(first.warnings.map(({ code }) => code)).toEqual(['trusts-cas-below']);
    await alone.folder.createServer({ names: ['localhost'], ips: [] });
    await alone.folder.createDevice({ id: 'a' });
    const verify = (...args: string[]) => run('openssl', ['verify', '-x509_strict', ...args]);
    const partial = ['-partial_chain', '-CAfile', alone.at('ca.crt')];
    expect((await verify('-purpose', 'sslclient', ...partial, alone.at('devices', 'a.crt'))).code).toBe(0);
    expect((await verify('-purpose', 'sslserver', ...partial, alone.at('server.crt'))).code).toBe(0);
    expect((await alone.folder.verify()).filter(({ severity }) => severity !== 'note')).toEqual([]);

    const { folder, at } = await emptyFolder();
    const { warnings } = await folder.importCa({ certificatePem: `${mid}${root}`, keyPem: keyPem ?? '' });
    expect(warnings.map(({ code }) => code)).toEqual(['trusts-whole-chain']);
    await folder.createDevice({ id: 'a' });
    expect((await verify('-CAfile', at('ca.crt'), at('devices', 'a.crt'))).code).toBe(0);
    expect((await folder.verify()).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is refused before it is valid', async () => {
    const source = await temporaryFolder();
    const validity = ['20700101000000Z', '20800101000000Z'] as const;
    await issue(source, { name: 'early', subject: '/CN=Early', extensions: caExtensions, validity });
    const { folder } = await emptyFolder();
    const certificatePem = await readFile(path.join(source, 'early.crt'), 'utf8');
    await expect(folder.importCa({ certificatePem })).rejects.toEqual(refusal('invalid-input'));
  });

  it('needs no root above it, also where its name or its key pretends to be one', async () => {
    const source = await temporaryFolder();
    const identified = [...caExtensions, 'subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid'];
    await issue(source, { name: 'old', subject: '/CN=Root', extensions: identified });
    await issue(source, { name: 'renewed', subject: '/CN=Root', extensions: identified, issuer: 'old' });
    await issue(source, {
      name: 'cross',
      subject: '/CN=Cross',
      extensions: identified,
      issuer: 'old',
      keyOf: 'old',
    });
    const [old, renewed, cross] = await Promise.all(
      ['old', 'renewed', 'cross'].map((name) => readFile(path.join(source, `${name}.crt`), 'utf8')),
    );
    const { folder } = await emptyFolder();
    for (const [certificatePem = '', key] of [
      [renewed, 'renewed.key'],
      [cross, 'old.key'],
    ] as const) {
      const alone = await emptyFolder();
      const keyPem = await readFile(path.join(source, key), 'utf8');
      await alone.folder.importCa({ certificatePem, keyPem });
      await expect(alone.folder.createDevice({ id: 'a' })).resolves.toBeDefined();
    }
    const { warnings } = await folder.importCa({ certificatePem: `${renewed}${old}` });
    expect(warnings.map(({ code }) => code)).toEqual(['trusts-whole-chain']);
  });

  it('is refused when it is not a CA, has expired, or its key is another, encrypted or none', async () => {
    const made = await folderWithCa();
    await made.folder.createDevice({ id: 'a' });
    const { folder, dir } = await emptyFolder();
    const certificatePem = await made.read('ca.crt');
    const old = await emptyFolder(() => new Date('2024-06-01T00:00:00Z'));
    await old.folder.createCa({ days: 1 });
    const encrypted = await run('openssl', [
      'pkey',
      '-aes128',
      '-passout',
      'pass:x',
      '-in',
      made.at('ca.key'),
    ]);
    const refused = [
      { certificatePem: await made.read('devices', 'a.crt') },
      { certificatePem: await old.read('ca.crt') },
      { certificatePem, keyPem: await made.read('devices', 'a.key') },
      { certificatePem, keyPem: encrypted.stdout },
      { certificatePem, keyPem: 'no key' },
      { certificatePem: 'no certificate' },
      { certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
    ];
    for (const request of refused) {
      await expect(folder.importCa(request)).rejects.toEqual(refusal('invalid-input'));
    }
    await expect(readdir(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it("takes the place of another by force, and never leaves that one's key beside it", async () => {
    const made = await folderWithCa();
    const { folder, read, dir } = await folderWithCa();
    const oldKey = await read('ca.key');
    const certificatePem = await made.read('ca.crt');
    await expect(folder.importCa({ certificatePem })).rejects.toEqual(refusal('conflict'));
    const { kept } = await folder.importCa({ certificatePem, force: true });
    expect(await readdir(dir)).not.toContain('ca.key');
    expect(await readFile(kept[1] ?? '', 'utf8')).toBe(oldKey);
  });
});
