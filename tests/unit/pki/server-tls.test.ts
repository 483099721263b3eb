import { appendFile, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureCertificates } from '../../../src/pki/ensure-certificates';
import { loadServerTls } from '../../../src/pki/server-tls';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { mustRun } from '../../support/programs';
import { refusal } from '../../support/refusal';

const now = () => new Date();
const ensure = (dir: string, hosts: string[] = []) => ensureCertificates(dir, { hosts, now });

async function readyFolder(): Promise<TestFolder> {
  const made = await folderWithCa();
  await made.folder.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  return made;
}

describe('a first start', () => {
  it('makes a CA and a server certificate for the machine and the hosts named', async () => {
    const { dir, folder } = await emptyFolder();
    const made = await ensure(dir, [
      'updates.example.com',
      '192.0.2.7',
      '[2001:db8::7]',
      'fqdn.example.com.',
    ]);
    expect(made).toHaveLength(2);
    const { names, summary } = await loadServerTls(dir);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['localhost', '127.0.0.1', '::1', 'updates.example.com', '192.0.2.7', '2001:db8::7'],
        'fqdn.example.com',
      ]),
    );
    expect(summary.role).toBe('server');
    expect(await folder.verify()).toEqual([]);
  });

  it('happens once', async () => {
    const { dir } = await emptyFolder();
    await ensure(dir);
    const before = await Promise.all((await readdir(dir)).map((name) => stat(path.join(dir, name))));
    expect(await ensure(dir)).toEqual([]);
    const after = await Promise.all((await readdir(dir)).map((name) => stat(path.join(dir, name))));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(
      before.map(({ ino, mtimeMs }) => [ino, mtimeMs]),
    );
  });

  it('uses the CA that is there', async () => {
    const { dir, read, x509 } = await folderWithCa();
    const ca = await read('ca.crt');
    expect(await ensure(dir)).toHaveLength(1);
    expect(await read('ca.crt')).toBe(ca);
    expect((await x509('server.crt')).verify((await x509('ca.crt')).publicKey)).toBe(true);
  });

  it('needs no CA key when the server certificate is there', async () => {
    const { dir, at } = await readyFolder();
    await rm(at('ca.key'));
    expect(await ensure(dir)).toEqual([]);
    await expect(loadServerTls(dir)).resolves.toMatchObject({ names: ['localhost', '127.0.0.1'] });
  });

  it('says what to do when it can make no server certificate', async () => {
    const { dir, at } = await folderWithCa();
    await rm(at('ca.key'));
    await expect(ensure(dir)).rejects.toEqual(refusal('configuration'));
  });

  it('never makes a second CA for devices that have one', async () => {
    const { dir, at, folder } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await rename(at('ca.crt'), at('lost'));
    await expect(ensure(dir)).rejects.toEqual(refusal('configuration'));
  });

  it('says so when the folder is a file', async () => {
    const { at, dir } = await folderWithCa();
    await expect(ensure(at('ca.crt'))).rejects.toEqual(refusal('configuration'));
    await expect(ensure(path.join(dir, 'ca.crt', 'below'))).rejects.toEqual(refusal('configuration'));
  });
});

describe("what the device listener's TLS needs", () => {
  it('may have a chain behind the certificate and several CAs', async () => {
    const { dir, at, read } = await readyFolder();
    const other = await folderWithCa();
    await appendFile(at('server.crt'), await read('ca.crt'));
    await appendFile(at('ca.crt'), `\n# the old one\n${await other.read('ca.crt')}`);
    const { cert, ca } = await loadServerTls(dir);
    expect(cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    ['a missing server.crt', (made: TestFolder) => rm(made.at('server.crt'))],
    ['a missing server.key', (made: TestFolder) => rm(made.at('server.key'))],
    ['a missing ca.crt', (made: TestFolder) => rm(made.at('ca.crt'))],
    ['an empty server.crt', (made: TestFolder) => writeFile(made.at('server.crt'), '')],
    ['an empty ca.crt', (made: TestFolder) => writeFile(made.at('ca.crt'), '')],
    [
      'a torn server.key',
      async (made: TestFolder) =>
        writeFile(made.at('server.key'), (await made.read('server.key')).slice(0, 80)),
    ],
    [
      'a torn server.crt',
      async (made: TestFolder) =>
        writeFile(made.at('server.crt'), (await made.read('server.crt')).slice(0, 200)),
    ],
    [
      'a key of another certificate',
      async (made: TestFolder) => writeFile(made.at('server.key'), await made.read('ca.key')),
    ],
    [
      'an encrypted key',
      (made: TestFolder) =>
        mustRun('openssl', [
          ...['pkey', '-aes128', '-passout', 'pass:x'],
          ...['-in', made.at('ca.key'), '-out', made.at('server.key')],
        ]),
    ],
    [
      'a device certificate for a CA',
      async (made: TestFolder) => {
        await made.folder.createDevice({ id: 'a' });
        await appendFile(made.at('ca.crt'), await made.read('devices', 'a.crt'));
      },
    ],
    [
      'a device certificate for a server',
      async (made: TestFolder) => {
        await made.folder.createDevice({ id: 'a' });
        await writeFile(made.at('server.crt'), await made.read('devices', 'a.crt'));
        await writeFile(made.at('server.key'), await made.read('devices', 'a.key'));
      },
    ],
    [
      'the CA for a server',
      async (made: TestFolder) => {
        await writeFile(made.at('server.crt'), await made.read('ca.crt'));
        await writeFile(made.at('server.key'), await made.read('ca.key'));
      },
    ],
    [
      'a folder for a file',
      async (made: TestFolder) => {
        await rm(made.at('server.key'));
        await mustRun('mkdir', [made.at('server.key')]);
      },
    ],
  ])('is refused with %s', async (_, spoil) => {
    const made = await readyFolder();
    await spoil(made);
    await expect(loadServerTls(made.dir)).rejects.toMatchObject({
      code: 'configuration',
      remedy: expect.any(String) as string,
    });
  });

  it('is refused when it has expired', async () => {
    const { dir } = await readyFolder();
    const later = (days: number) => ({ now: () => new Date(Date.now() + days * 86_400_000) });
    await expect(loadServerTls(dir, later(824))).resolves.toBeDefined();
    await expect(loadServerTls(dir, later(826))).rejects.toEqual(refusal('configuration'));
  });
});

describe('listing and showing', () => {
  it('tells of the CA, the server and the devices', async () => {
    const { folder, at } = await readyFolder();
    await folder.createDevice({ id: 'b', compatibles: ['board'] });
    await folder.createDevice({ id: 'a' });
    await folder.createDevice({ id: 'a', force: true });
    await rm(at('devices', 'a.key'));
    await folder.revoke({ which: 'b' });
    await writeFile(at('devices', 'broken.crt'), 'broken');
    const listed = await folder.list();
    expect(listed.map(({ certificate: { role, commonName }, hasKey }) => [role, commonName, hasKey])).toEqual(
      [
        ['ca', 'RAUC Simple Server CA', true],
        ['server', 'localhost', true],
        ['device', 'a', false],
        ['device', 'b', true],
      ],
    );
    expect(listed.map(({ revokedAt }) => revokedAt !== null)).toEqual([false, false, false, true]);
    expect(listed[3]?.certificate.compatibles).toEqual(['board']);
  });

  it('finds by id, role, serial and path', async () => {
    const { folder, at } = await readyFolder();
    const { certificate } = await folder.createDevice({ id: 'a' });
    for (const which of ['a', certificate.serial.toUpperCase(), at('devices', 'a.crt')]) {
      expect(await folder.show(which)).toMatchObject([{ path: at('devices', 'a.crt'), certificate }]);
    }
    expect(await folder.show('ca')).toMatchObject([{ path: at('ca.crt') }]);
    expect(await folder.show('server')).toMatchObject([{ path: at('server.crt') }]);
    for (const which of ['nobody', '../ca', at('ca.key'), '']) {
      await expect(folder.show(which)).rejects.toEqual(refusal('not-found'));
    }
  });

  it('lists nothing in a folder that is not there', async () => {
    const { folder } = await emptyFolder();
    expect(await folder.list()).toEqual([]);
  });

  it('agrees with openssl on fingerprints', async () => {
    const { folder, at } = await readyFolder();
    const [server] = await folder.show('server');
    const { stdout } = await mustRun('openssl', [
      'x509',
      '-noout',
      '-fingerprint',
      '-sha256',
      '-in',
      at('server.crt'),
    ]);
    expect(stdout.replace(/.*=|[:\s]/g, '').toLowerCase()).toBe(server?.certificate.fingerprint);
    expect(await readFile(at('server.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
