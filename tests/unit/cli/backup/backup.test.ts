import { lstat, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import Sqlite from 'libsql';
import { pack } from 'tar-stream';
import { backupJson, restoreJson } from '../../../../src/contract/backup';
import { type CliResult, runCommand } from '../../../support/cli-harness';
import { copyStopped } from '../../../support/copy-stopped';
import { type MadeInstallation, makeInstallation } from '../../../support/installation';
import { temporaryFolder } from '../../../support/programs';
import { openServices, type OpenedServices } from '../../../support/services';

const archive = 'rauc-backup-20261124T040000Z.tar';
const ann = { name: 'token:ann', address: null };
const passphrase = 'correct horse battery staple';

let made: MadeInstallation;
beforeAll(async () => {
  made = await makeInstallation();
});

/** A copy of the installation, and commands in it. */
async function install() {
  const folder = await temporaryFolder();
  await copyStopped(made.folder, folder);
  return commandsIn(folder);
}

async function nothing() {
  return commandsIn(await temporaryFolder());
}

function commandsIn(folder: string) {
  const at = (...names: string[]) => path.join(folder, ...names);
  return {
    at,
    run: (...args: string[]) => runCommand(args, { cwd: folder }),
    backup: async (...args: string[]) => {
      const result = await runCommand(['backup', 'kept', '--json', ...args], { cwd: folder });
      if (result.code !== 0) throw new Error(result.stderr);
      return backupJson.parse(JSON.parse(result.stdout));
    },
    restore: (file: string, ...args: string[]) =>
      runCommand(['restore', file, '--json', ...args], { cwd: folder }),
    names: async (...names: string[]) => (await readdir(at(...names)).catch(() => [])).sort(),
    services: () => openServices({ dataDir: at('data'), keyringPath: made.bundle.keyringPath }),
  };
}

function restored({ code, stdout }: CliResult) {
  expect(code).toBe(0);
  return restoreJson.parse(JSON.parse(stdout));
}

const refusedWith = ({ code, stderr }: CliResult) => ({
  code,
  reason: (JSON.parse(stderr.trim().split('\n').at(-1) ?? '{}') as { error?: { code: string } }).error?.code,
});

async function resumeAll({ services }: OpenedServices): Promise<void> {
  for (const { id } of services.manageRollouts.list()) await services.manageRollouts.resume(id, ann);
}

describe('backup and restore', () => {
  it('brings everything back, and offers nothing until a person resumes', async () => {
    const here = await install();
    const running = await here.services();
    expect(await running.offered('test-board')).toBe('bundle.raucb');
    const backup = await here.backup();
    await running.close();
    expect(backup).toMatchObject({
      file: here.at('kept', archive),
      has_bundles: true,
      bundles: 1,
      certificates: 'plain',
    });
    expect((await lstat(backup.file)).mode & 0o777).toBe(0o600);
    expect(await here.names('kept')).toEqual([archive]);

    const there = await nothing();
    expect(restored(await there.restore(backup.file))).toMatchObject({
      kept_database: null,
      restored_certificates: true,
      missing_bundles: [],
    });
    for (const name of ['ca.crt', 'ca.key', 'server.crt', 'issued.jsonl', 'devices/board-1.key']) {
      expect(await readFile(there.at('certs', name))).toEqual(await readFile(here.at('certs', name)));
      expect((await lstat(there.at('certs', name))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(there.at('data/bundles/bundle.raucb'))).toEqual(await readFile(made.bundle.path));
    expect((await there.names('data')).filter((name) => name.startsWith('.'))).toEqual([]);
    const again = await there.services();
    expect(await again.offered('test-board')).not.toBe('bundle.raucb');
    await resumeAll(again);
    expect(await again.offered('test-board')).toBe('bundle.raucb');
    await again.close();
  });

  it('names what has to be uploaded again where bundles are backed up by reference', async () => {
    const here = await install();
    const { file, size_bytes: size, has_bundles: hasBundles } = await here.backup('--bundles', 'reference');
    expect({ hasBundles, isSmall: size < 1 << 20 }).toEqual({ hasBundles: false, isSmall: true });
    const there = await nothing();
    expect(restored(await there.restore(file)).missing_bundles).toEqual(['bundle.raucb']);
    expect(restored(await here.restore(file, '--force')).missing_bundles).toEqual([]);
  });

  it('encrypts certificates, and opens them with their passphrase alone', async () => {
    const here = await install();
    await writeFile(here.at('pass'), `${passphrase}\n`);
    const { file, certificates } = await here.backup('--passphrase-file', 'pass');
    expect(certificates).toBe('encrypted');
    const bytes = await readFile(file);
    for (const word of ['PRIVATE KEY', 'CERTIFICATE-----', passphrase])
      expect(bytes.includes(word)).toBe(false);

    const there = await nothing();
    await writeFile(there.at('wrong'), 'another passphrase than that\n');
    await writeFile(there.at('pass'), passphrase);
    expect(refusedWith(await there.restore(file))).toEqual({ code: 1, reason: 'forbidden' });
    expect(refusedWith(await there.restore(file, '--passphrase-file', 'wrong'))).toEqual({
      code: 1,
      reason: 'forbidden',
    });
    expect(await there.names('certs')).toEqual([]);
    expect(restored(await there.restore(file, '--passphrase-file', 'pass')).restored_certificates).toBe(true);
    expect(await readFile(there.at('certs/ca.key'))).toEqual(await readFile(here.at('certs/ca.key')));
  });

  it('warns of private keys that anybody can read who has the archive, and leaves them out on request', async () => {
    const here = await install();
    expect((await here.run('backup', 'kept')).stderr).toContain('private keys');
    await rm(here.at('kept'), { recursive: true });
    const without = await here.run('backup', 'kept', '--no-certs');
    expect(without).toMatchObject({ code: 0, stderr: '' });
    expect((await readFile(here.at('kept', archive))).includes('PRIVATE KEY')).toBe(false);
  });

  it('refuses a short passphrase', async () => {
    const here = await install();
    await writeFile(here.at('pass'), 'short\n');
    expect(refusedWith(await here.run('backup', 'kept', '--json', '--passphrase-file', 'pass'))).toEqual({
      code: 1,
      reason: 'invalid-input',
    });
  });

  it('keeps the newest archives, and nothing of others is touched', async () => {
    const here = await install();
    await mkdir(here.at('kept'));
    const older = ['rauc-backup-20261101T000000Z.tar', 'rauc-backup-20261102T000000Z.tar'];
    for (const name of [...older, 'notes.tar']) await writeFile(here.at('kept', name), '');
    expect((await here.backup('--keep', '2')).removed).toEqual([older[0]]);
    expect(await here.names('kept')).toEqual(['notes.tar', older[1], archive].sort());
    expect((await here.run('backup', 'kept', '--keep', '0')).code).toBe(2);
  });

  it('refuses to take the place of an archive', async () => {
    const here = await install();
    await here.backup();
    expect(refusedWith(await here.run('backup', 'kept', '--json'))).toEqual({ code: 1, reason: 'conflict' });
  });

  it.each<[string, string, (file: string) => Promise<unknown>]>([
    ['is lost', 'bundle-broken', (file) => rm(file)],
    ['was cut short', 'bundle-broken', (file) => truncate(file, 1_000)],
    ['has other bytes', 'bundle-broken', (file) => change(file, 500)],
  ])('makes nothing, and removes nothing older, when a bundle %s', async (_, reason, spoil) => {
    const here = await install();
    await spoil(here.at('data/bundles/bundle.raucb'));
    await mkdir(here.at('kept'));
    const old = 'rauc-backup-20261101T000000Z.tar';
    await writeFile(here.at('kept', old), '');
    expect(refusedWith(await here.run('backup', 'kept', '--json', '--keep', '1'))).toEqual({
      code: 1,
      reason,
    });
    expect(await here.names('kept')).toEqual([old]);
  });

  it('makes nothing of a folder without a database, or with a damaged one', async () => {
    const here = await nothing();
    expect(refusedWith(await here.run('backup', 'kept/daily', '--json'))).toEqual({
      code: 1,
      reason: 'not-found',
    });
    expect(await readdir(here.at())).not.toContain('kept');
    await mkdir(here.at('kept'));
    await mkdir(here.at('data'));
    await writeFile(here.at('data/server.db'), Buffer.alloc(8_192, 'x'));
    expect(refusedWith(await here.run('backup', 'kept', '--json'))).toEqual({
      code: 1,
      reason: 'unavailable',
    });
    expect(await here.names('kept')).toEqual([]);
  });

  it('makes nothing of a database that was emptied, and keeps the archives that bring it back', async () => {
    const here = await install();
    await (await here.services()).close(); // leaves its marker
    const { file } = await here.backup('--keep', '1');
    await truncate(here.at('data/server.db'), 0);
    expect(refusedWith(await here.run('backup', 'kept', '--keep', '1', '--json'))).toEqual({
      code: 2,
      reason: 'configuration',
    });
    expect(await here.names('kept')).toEqual([archive]);
    restored(await here.restore(file, '--force'));
    const again = await here.services();
    expect(again.services.listBundles.list()).toHaveLength(1);
    await again.close();
  });
});

describe('restore', () => {
  it('refuses to replace a database, and keeps it when it is told to', async () => {
    const here = await install();
    const { file } = await here.backup();
    expect(refusedWith(await here.restore(file))).toEqual({ code: 1, reason: 'conflict' });
    const before = eventsOf(here.at('data/server.db'));
    const { kept_database: kept, restored_certificates: hasCertificates } = restored(
      await here.restore(file, '--force'),
    );
    expect(eventsOf(kept ?? '')).toEqual(before);
    expect(hasCertificates).toBe(false);
    expect(await here.names('data')).not.toContain('server.db-wal');
  });

  it('refuses while a server runs on the folder', async () => {
    const here = await install();
    const { file } = await here.backup();
    const running = await here.services();
    expect(refusedWith(await here.restore(file, '--force'))).toEqual({ code: 2, reason: 'configuration' });
    expect(await running.offered('test-board')).toBe('bundle.raucb');
    await running.close();
  });

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['with another byte in its database', (file) => change(file, 6_000)],
    ['with another byte in a bundle', async (file) => change(file, (await lstat(file)).size - 20_000)],
    ['cut short', async (file) => truncate(file, (await lstat(file)).size - 30_000)],
    ['cut short between two files', async (file) => truncate(file, 512)],
    ['that is none', (file) => writeFile(file, Buffer.alloc(4_096, 'x'))],
    ['that is empty', (file) => writeFile(file, '')],
  ])('refuses an archive %s, and changes nothing', async (_, spoil) => {
    const here = await install();
    const { file } = await here.backup();
    await spoil(file);
    const before = await readFile(here.at('data/server.db'));
    expect(refusedWith(await here.restore(file, '--force'))).toEqual({ code: 1, reason: 'invalid-input' });
    expect(await readFile(here.at('data/server.db'))).toEqual(before);
    expect((await here.names('data')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each<[string, Parameters<ReturnType<typeof pack>['entry']>[0]]>([
    ['leads out of the folder', { name: 'bundles/../../../evil.raucb' }],
    ['is named by a whole path', { name: '/tmp/evil.raucb' }],
    ['is not a bundle', { name: 'bundles/.hidden' }],
    ['is a link', { name: 'bundles/evil.raucb', type: 'symlink', linkname: '/etc/passwd' }],
    ['not part of a backup', { name: 'server.lock' }],
  ])('refuses an archive with a file that %s', async (_, header) => {
    const here = await nothing();
    const tar = pack();
    tar.entry(header, header.type === undefined ? 'evil' : undefined);
    tar.finalize();
    await writeFile(here.at('evil.tar'), await buffer(tar));
    expect(refusedWith(await here.restore('evil.tar'))).toEqual({ code: 1, reason: 'invalid-input' });
    expect(await here.names('data/bundles')).toEqual([]);
  });

  it('says that there is no such archive', async () => {
    const here = await nothing();
    expect(refusedWith(await here.restore('none.tar'))).toEqual({ code: 1, reason: 'not-found' });
  });
});

function eventsOf(file: string): unknown {
  const sqlite = new Sqlite(file);
  const rows = sqlite.prepare('SELECT * FROM events').all([]);
  sqlite.close();
  return rows;
}

async function change(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(file, bytes);
}
