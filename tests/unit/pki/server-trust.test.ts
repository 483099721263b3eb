import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { readCertificate } from '../../../src/pki/certificate-fields';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { mustRun, temporaryFolder } from '../../support/programs';
import { issue } from '../../support/test-pki';

const host = 'updates.example.com';
const caSays = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const serverSays = [`subjectAltName=DNS:${host}`, 'extendedKeyUsage=serverAuth'];

/** A folder whose server certificate has these names. */
async function serverOf(names: readonly string[], ips: readonly string[] = []): Promise<TestFolder> {
  const made = await folderWithCa();
  await made.folder.createServer({ names, ips });
  return made;
}

describe('what a device has to trust', () => {
  it.each([
    ['the name of the certificate', host],
    ['the name in capitals', 'Updates.Example.com'],
    ['a name below its wildcard', 'eu.fleet.example.com'],
    ['its address', '192.0.2.7'],
    ['another spelling of its IPv6 address', '2001:db8:0::7'],
  ])('is ca.crt alone for %s', async (_, asked) => {
    const { folder } = await serverOf([host, '*.fleet.example.com'], ['192.0.2.7', '2001:db8::7']);
    expect(await folder.findServerTrust(asked)).toEqual({ extraRoot: null });
  });

  it.each([
    ['other.example.com', '--name other.example.com'],
    ['a.b.fleet.example.com', '--name a.b.fleet.example.com'],
    ['192.0.2.8', '--ip 192.0.2.8'],
    ['2001:db8::8', '--ip 2001:db8::8'],
  ])('is refused for %s, with the command that adds it', async (asked, option) => {
    const { folder } = await serverOf([host, '*.fleet.example.com'], ['192.0.2.7']);
    await expect(folder.findServerTrust(asked)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining(`cert server ${option} --force`) as string,
    });
  });

  it('can connect after the command of the remedy', async () => {
    const { folder } = await serverOf([host]);
    const ip = '192.0.2.8';
    await expect(folder.findServerTrust(ip)).rejects.toMatchObject({
      remedy: expect.stringContaining(`cert server --ip ${ip} --force`) as string,
    });
    await folder.createServer({ names: [], ips: [ip], keepsNames: true, force: true });
    for (const asked of [ip, host]) expect(await folder.findServerTrust(asked)).toEqual({ extraRoot: null });
  });

  it('is not known where there is no server certificate, as on a machine that only issues', async () => {
    expect(await (await folderWithCa()).folder.findServerTrust(host)).toBeNull();
    expect(await (await emptyFolder()).folder.findServerTrust(host)).toBeNull();
  });

  it('is judged without server.key, and with one that is being replaced', async () => {
    const { folder, at } = await serverOf([host]);
    await copyFile(at('ca.key'), at('server.key'));
    expect(await folder.findServerTrust(host)).toEqual({ extraRoot: null });
    await rm(at('server.key'));
    expect(await folder.findServerTrust(host)).toEqual({ extraRoot: null });
    await expect(folder.findServerTrust('x.test')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is the same for a certificate that has expired: it will be renewed', async () => {
    const made = await emptyFolder(() => new Date('2024-03-01T00:00:00Z'));
    await made.folder.createCa({});
    await made.folder.createServer({ names: [host], ips: [], days: 1 });
    expect(await made.folder.findServerTrust(host)).toEqual({ extraRoot: null });
  });

  it('is refused where the certificate is not one of a server', async () => {
    const { folder, at } = await folderWithCa();
    await folder.createDevice({ id: 'board-1' });
    for (const kind of ['crt', 'key']) await copyFile(at('devices', `board-1.${kind}`), at(`server.${kind}`));
    await expect(folder.findServerTrust('board-1')).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('cert verify') as string,
    });
  });

  it('is refused where server.crt holds no certificate', async () => {
    const { folder, at } = await serverOf([host]);
    await writeFile(at('server.crt'), '');
    await expect(folder.findServerTrust(host)).rejects.toMatchObject({ code: 'configuration' });
  });
});

describe('a server certificate of another CA', () => {
  let ours: TestFolder;
  /** With `root.crt`, `middle.crt` and `server.crt`, each signed by the one before. */
  let theirs: string;
  beforeAll(async () => {
    theirs = await temporaryFolder();
    await issue(theirs, { name: 'root', subject: '/CN=Their Root', extensions: caSays });
    await issue(theirs, { name: 'middle', subject: '/CN=Middle', extensions: caSays, issuer: 'root' });
    const server = { name: 'server', subject: `/CN=${host}`, extensions: serverSays };
    await issue(theirs, { ...server, issuer: 'middle' });
  });
  beforeEach(async () => {
    ours = await folderWithCa();
    await copyFile(path.join(theirs, 'server.key'), ours.at('server.key'));
  });

  const pem = (name: string) => readFile(path.join(theirs, `${name}.crt`), 'utf8');
  const send = async (...names: string[]) =>
    writeFile(ours.at('server.crt'), (await Promise.all(names.map(pem))).join(''));
  const trust = async (publicRoots: readonly string[] = rootCertificates) =>
    openCertificateFolder(ours.dir, { now: () => new Date(), publicRoots }).findServerTrust(host);

  it('that nobody knows is refused, also with a chain that ends before its root', async () => {
    for (const names of [['server'], ['server', 'middle']]) {
      await send(...names);
      await expect(trust()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(names.length === 1 ? 'Middle' : 'Their Root') as string,
        remedy: expect.stringContaining('cert server --force') as string,
      });
    }
  });

  it('that is public gives its root, which is not sent along', async () => {
    await send('server', 'middle');
    const root = { name: 'CN=Their Root', pem: await pem('root') };
    const found = await trust([...rootCertificates.slice(0, 3), root.pem]);
    expect(found?.extraRoot?.name).toBe(root.name);
    expect(readCertificate(found?.extraRoot?.pem ?? '')).toEqual(readCertificate(root.pem));
  });

  it('that is public is refused without the CAs in between: the server would not send them', async () => {
    await send('server');
    await expect(trust([await pem('root')])).rejects.toMatchObject({ code: 'conflict' });
  });

  it('whose root is in server.crt gives that root', async () => {
    await send('server', 'middle', 'root');
    expect((await trust())?.extraRoot?.name).toBe('CN=Their Root');
  });

  it('that is in ca.crt beside ours needs nothing more', async () => {
    await send('server', 'middle');
    await writeFile(ours.at('ca.crt'), (await ours.read('ca.crt')) + (await pem('root')));
    expect(await trust()).toEqual({ extraRoot: null });
    await writeFile(ours.at('ca.crt'), (await ours.read('ca.crt')) + (await pem('middle')));
    expect(await trust()).toEqual({ extraRoot: null });
  });

  it('can be verified by OpenSSL with what is given', async () => {
    await send('server', 'middle');
    const extra = (await trust([await pem('root')]))?.extraRoot?.pem ?? '';
    const bundle = path.join(theirs, 'kit-ca.crt');
    await writeFile(bundle, (await ours.read('ca.crt')) + extra);
    const chain = ['-untrusted', path.join(theirs, 'middle.crt'), path.join(theirs, 'server.crt')];
    const { stdout } = await mustRun('openssl', ['verify', '-CAfile', bundle, '-no-CApath', ...chain]);
    expect(stdout).toContain('OK');
  });
});

it('every public CA that came with Node can be named', () => {
  expect(rootCertificates.length).toBeGreaterThan(50);
  for (const root of rootCertificates) expect(readCertificate(root).subject).not.toHaveLength(0);
});
