import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { ensureCertificates } from '../../../src/pki/ensure-certificates';
import { isFolderLocked, withFolderLock } from '../../../src/pki/folder-lock';
import { loadServerTls } from '../../../src/pki/server-tls';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { killAt } from '../../support/kill-at';
import { refusal } from '../../support/refusal';

const now = () => new Date();
afterEach(() => jest.restoreAllMocks());

async function expectNoStrangers({ at }: TestFolder, ...names: string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      if (!existsSync(at(`${name}.crt`)) || !existsSync(at(`${name}.key`))) return;
      const certificate = new X509Certificate(await readFile(at(`${name}.crt`)));
      expect(certificate.checkPrivateKey(createPrivateKey(await readFile(at(`${name}.key`))))).toBe(true);
    }),
  );
}

describe('killed at any step', () => {
  it('a first start leaves what the next one completes', async () => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const made = await emptyFolder();
      isKilled = await killAt(step, () => ensureCertificates(made.dir, { hosts: [], now }));
      await expectNoStrangers(made, 'ca', 'server');
      await ensureCertificates(made.dir, { hosts: [], now });
      await loadServerTls(made.dir);
      expect((await made.folder.verify()).map(({ message }) => message)).toEqual([]);
      await made.folder.createDevice({ id: 'next' });
      expect((await readdir(made.dir)).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    }
    expect(step).toBeGreaterThan(20);
  });

  it('replacing a device certificate leaves no key beside a certificate that is not its own, and loses neither', async () => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const made = await folderWithCa();
      await made.folder.createDevice({ id: 'a' });
      const old = [await made.read('devices', 'a.crt'), await made.read('devices', 'a.key')];
      isKilled = await killAt(step, () => made.folder.createDevice({ id: 'a', force: true }));
      await expectNoStrangers(made, 'devices/a');
      const files = (await readdir(made.at('devices'))).filter((name) => !name.startsWith('.'));
      const contents = await Promise.all(files.map((name) => made.read('devices', name)));
      expect(contents).toEqual(expect.arrayContaining(old));
      await made.folder.createDevice({ id: 'a', force: true });
      expect((await made.folder.verify()).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
    expect(step).toBeGreaterThan(10);
  });

  it('replacing the server certificate loses no name: the next start makes it again', async () => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const made = await folderWithCa();
      await made.folder.createServer({ names: ['a.example.com'], ips: ['192.0.2.7'] });
      const request = { names: ['b.example.com'], ips: [], keepsNames: true, force: true };
      isKilled = await killAt(step, () => made.folder.createServer(request));
      await ensureCertificates(made.dir, { hosts: [], now });
      const { names } = await loadServerTls(made.dir);
      expect(names).toEqual(expect.arrayContaining(['a.example.com', '192.0.2.7']));
    }
    expect(step).toBeGreaterThan(10);
  });

  it('taking over another CA leaves no key beside a certificate that is not its own, and loses neither', async () => {
    const other = await folderWithCa();
    const request = { certificatePem: await other.read('ca.crt'), keyPem: await other.read('ca.key') };
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const made = await folderWithCa();
      const old = [await made.read('ca.crt'), await made.read('ca.key')];
      isKilled = await killAt(step, () => made.folder.importCa({ ...request, force: true }));
      await expectNoStrangers(made, 'ca');
      const files = (await readdir(made.dir)).filter((name) => /^ca\./.test(name));
      const contents = await Promise.all(files.map((name) => made.read(name)));
      expect(contents).toEqual(expect.arrayContaining(old));
      await made.folder.importCa({ ...request, force: true });
      await made.folder.createDevice({ id: 'next' });
      expect((await made.folder.verify()).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
    expect(step).toBeGreaterThan(10);
  });

  it('revoking leaves the old list or the new one', async () => {
    let step = 1;
    for (let isKilled = true; isKilled; step++) {
      const made = await folderWithCa();
      await made.folder.createDevice({ id: 'a' });
      await made.folder.createDevice({ id: 'b' });
      await made.folder.revoke({ which: 'a' });
      isKilled = await killAt(step, () => made.folder.revoke({ which: 'b' }));
      expect((await made.folder.show('a'))[0]?.revokedAt).not.toBeNull();
      await made.folder.revoke({ which: 'b' });
      expect((await made.folder.show('b'))[0]?.revokedAt).not.toBeNull();
    }
    expect(step).toBeGreaterThan(3); // written, renamed, made to last
  });
});

describe('a full disk', () => {
  it('is told, and gives out no certificate that cannot be noted', async () => {
    const { folder, at } = await folderWithCa();
    await unlink(at('issued.jsonl'));
    await symlink('/dev/full', at('issued.jsonl'));
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('storage-full'));
    expect(await readdir(at('devices'))).toEqual([]);
  });
});

describe('the lock of the folder', () => {
  it('of another process is waited for, then given up', async () => {
    const { dir } = await folderWithCa();
    const holder = await holdElsewhere(dir);
    await expect(withFolderLock(dir, () => Promise.resolve(), 50)).rejects.toEqual(refusal('unavailable'));
    expect(isFolderLocked(dir)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'close');
  });

  it('of a killed process is free at once', async () => {
    const { dir } = await folderWithCa();
    const holder = await holdElsewhere(dir);
    const waiting = withFolderLock(dir, () => Promise.resolve('done'));
    holder.kill('SIGKILL');
    await expect(waiting).resolves.toBe('done');
    expect(isFolderLocked(dir)).toBe(false);
  });

  it('of a process that is stopped is never taken from it', async () => {
    const { dir } = await folderWithCa();
    const holder = await holdElsewhere(dir);
    holder.kill('SIGSTOP');
    await expect(withFolderLock(dir, () => Promise.resolve(), 50)).rejects.toEqual(refusal('unavailable'));
    holder.kill('SIGKILL');
    await once(holder, 'close');
  });

  it('does not mind what an earlier version left when it was killed', async () => {
    const { dir, at } = await folderWithCa();
    await writeFile(at('.lock'), JSON.stringify({ pid: process.ppid, host: hostname(), token: 'theirs' }));
    await expect(withFolderLock(dir, () => Promise.resolve('done'), 0)).resolves.toBe('done');
  });

  it('lets one in at a time, each in turn', async () => {
    const { dir } = await folderWithCa();
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const work = async (turn: number): Promise<void> => {
      most = Math.max(most, ++inside);
      order.push(turn);
      await readdir(dir);
      await readdir(dir);
      inside--;
    };
    const turns = Array.from({ length: 8 }, (_, turn) => turn);
    await Promise.all(turns.map((turn) => withFolderLock(dir, () => work(turn))));
    expect([most, order]).toEqual([1, turns]);
  });

  it('is released when the work fails', async () => {
    const { dir } = await folderWithCa();
    await expect(withFolderLock(dir, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isFolderLocked(dir)).toBe(false);
  });

  it('belongs to those who may write to the folder, whoever came first', async () => {
    const { dir, at } = await folderWithCa();
    expect((await stat(at('.folder.lock'))).mode & 0o777).toBe(0o600);
    await rm(at('.folder.lock'));
    await chmod(dir, 0o770);
    await withFolderLock(dir, () => Promise.resolve());
    const [folder, lock] = [await stat(dir), await stat(at('.folder.lock'))];
    expect([lock.mode & 0o777, lock.uid, lock.gid]).toEqual([0o660, folder.uid, folder.gid]);
  });

  it('is refused where nothing can be written', async () => {
    const { at } = await folderWithCa();
    await expect(withFolderLock(at('nowhere'), () => Promise.resolve())).rejects.toEqual(
      refusal('configuration'),
    );
    expect(isFolderLocked(at('nowhere'))).toBe(false);
  });
});

/** A process that holds the folder's lock until it is killed. */
async function holdElsewhere(dir: string): Promise<ChildProcess> {
  const child = runTypeScript(
    `
    const { withFolderLock } = require(process.argv[1] + '/src/pki/folder-lock.ts');
    setInterval(() => undefined, 1000);
    withFolderLock(process.argv[2], () => new Promise(() => console.log('held')));
  `,
    dir,
  );
  await once(child.stdout, 'data');
  return child;
}

function runTypeScript(program: string, dir: string) {
  const root = path.resolve(__dirname, '../../..');
  const hook = path.join(root, 'tests/support/typescript-hook.js');
  return spawn(process.execPath, ['-r', hook, '-e', program, root, dir], { cwd: root });
}

describe('two processes at once', () => {
  const program = `
    const { ensureCertificates } = require(process.argv[1] + '/src/pki/ensure-certificates.ts');
    const { openCertificateFolder } = require(process.argv[1] + '/src/pki/certificate-folder.ts');
    const now = () => new Date();
    ensureCertificates(process.argv[2], { hosts: [], now })
      .then(() => openCertificateFolder(process.argv[2], { now }).createDevice({ id: 'same' }))
      .then(() => console.log('made'), (error) => console.log(error.code));
  `;

  it('share one first start, and one of them makes the device', async () => {
    const { dir, folder } = await emptyFolder();
    const outputs = await Promise.all(
      [1, 2].map(async () => {
        const child = runTypeScript(program, dir);
        let output = '';
        child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
        child.stderr.on('data', (piece: Buffer) => (output += piece.toString()));
        await once(child, 'close');
        return output.trim();
      }),
    );
    expect(outputs.sort()).toEqual(['conflict', 'made']);
    expect(await folder.verify()).toEqual([]);
  });
});
