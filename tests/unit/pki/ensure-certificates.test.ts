import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ensureCertificates } from '../../../src/pki/ensure-certificates';
import { loadServerTls } from '../../../src/pki/server-tls';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
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
