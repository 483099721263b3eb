import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs, { readdir, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { ensureCertificates } from '../../../src/pki/ensure-certificates';
import { withFolderLock } from '../../../src/pki/folder-lock';
import { loadServerTls } from '../../../src/pki/server-tls';
import { emptyFolder, folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { refusal } from '../../support/refusal';

const now = () => new Date();
afterEach(() => jest.restoreAllMocks());

/**
 * Lets the `step`-th change of the disk and everything after it fail, tidying up included: what the disk looks like then is
 * what a process leaves that is killed there.
 * @returns whether the work got that far
 */
async function killAt(step: number, work: () => Promise<unknown>): Promise<boolean> {
  let steps = 0;
  const dies = (name: 'open' | 'link' | 'rename' | 'rm'): void => {
    const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
    jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      steps++;
      return steps >= step ? Promise.reject(new Error('killed')) : real(...args);
    }) as never);
  };
  dies('open');
  dies('link');
  dies('rename');
  dies('rm');
  await work().catch(() => undefined);
  jest.restoreAllMocks();
  return steps >= step;
}

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
    expect(step).toBeGreaterThan(5);
  });
});

describe('a full disk', () => {
  it('is told, and gives out no certificate that can not be noted', async () => {
    const { folder, at } = await folderWithCa();
    await unlink(at('issued.jsonl'));
    await symlink('/dev/full', at('issued.jsonl'));
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('storage-full'));
    expect(await readdir(at('devices'))).toEqual([]);
  });
});

describe('the lock of the folder', () => {
  const holder = (pid: number, host = hostname()): string => JSON.stringify({ pid, host, token: 'theirs' });
  const times = { staleAfterMs: 60, giveUpAfterMs: 1000 };

  it('of a killed process is taken over at once', async () => {
    const { dir, at } = await folderWithCa();
    const child = spawn('true');
    await once(child, 'exit');
    await writeFile(at('.lock'), holder(child.pid ?? 0));
    const slow = { staleAfterMs: 60_000, giveUpAfterMs: 5000 };
    await expect(withFolderLock(dir, () => Promise.resolve('done'), slow)).resolves.toBe('done');
    expect(await readdir(dir)).not.toContain('.lock');
  });

  it('of an earlier process with our own number is taken over at once', async () => {
    const { dir, at } = await folderWithCa();
    await writeFile(at('.lock'), holder(process.pid));
    const slow = { staleAfterMs: 60_000, giveUpAfterMs: 5000 };
    await expect(withFolderLock(dir, () => Promise.resolve('done'), slow)).resolves.toBe('done');
  });

  it('of a machine that can not be asked is believed for a while only', async () => {
    const { dir, at } = await folderWithCa();
    for (const text of [holder(1, 'elsewhere'), '', '{"pid":']) {
      await writeFile(at('.lock'), text);
      await expect(withFolderLock(dir, () => Promise.resolve('done'), times)).resolves.toBe('done');
    }
  });

  it('of a living process is waited for, then given up', async () => {
    const { dir, at } = await folderWithCa();
    await writeFile(at('.lock'), holder(process.ppid));
    const patient = { staleAfterMs: 60_000, giveUpAfterMs: 100 };
    await expect(withFolderLock(dir, () => Promise.resolve(), patient)).rejects.toEqual(
      refusal('unavailable'),
    );
    expect(await readFile(at('.lock'), 'utf8')).toBe(holder(process.ppid));
  });

  it('is put back when another took it just before a stale one was to be moved away', async () => {
    const { dir, at } = await folderWithCa();
    await writeFile(at('.lock'), holder(process.pid)); // of an earlier process: stale
    const theirs = JSON.stringify({ pid: process.ppid, host: hostname(), token: 'new' });
    const { rename } = fs;
    jest.spyOn(fs, 'rename').mockImplementationOnce(async (from, to) => {
      await writeFile(at('.lock'), theirs);
      await rename(from, to);
    });
    const work = jest.fn(() => Promise.resolve());
    const patient = { staleAfterMs: 60_000, giveUpAfterMs: 100 };
    await expect(withFolderLock(dir, work, patient)).rejects.toEqual(refusal('unavailable'));
    expect(work).not.toHaveBeenCalled();
    expect(await readFile(at('.lock'), 'utf8')).toBe(theirs);
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual(['.lock']);
  });

  it('lets one in at a time, also when all find a stale one', async () => {
    const { dir, at } = await folderWithCa();
    await writeFile(at('.lock'), holder(1, 'elsewhere'));
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await readdir(dir);
      await readdir(dir);
      inside--;
    };
    await Promise.all(
      Array.from({ length: 8 }, () => withFolderLock(dir, work, { ...times, giveUpAfterMs: 9000 })),
    );
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual(expect.not.arrayContaining([expect.stringMatching(/^\.(lock|tmp)/)]));
  });

  it('is released when the work fails', async () => {
    const { dir } = await folderWithCa();
    await expect(withFolderLock(dir, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readdir(dir)).not.toContain('.lock');
  });
});

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
    const root = path.resolve(__dirname, '../../..');
    const hook = path.join(root, 'tests/support/typescript-hook.js');
    const outputs = await Promise.all(
      [1, 2].map(async () => {
        const child = spawn(process.execPath, ['-r', hook, '-e', program, root, dir], { cwd: root });
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
