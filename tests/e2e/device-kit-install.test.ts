import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../support/cli-harness';
import { boardShells, KitBoard, makeKit, systemConf } from '../support/kit-board';
import { mustRun, type ProgramResult, raucSid, run, temporaryFolder } from '../support/programs';

/** The kit's installer, into the root file systems of boards. */
const serverUrl = 'https://updates.example.com:8443';
const handler = '/usr/local/lib/rauc-update/system-info';
let certsDir: string;
let kit: string;
/** The same with RAUC's own polling. */
let native: string;

beforeAll(async () => {
  certsDir = path.join(await temporaryFolder(), 'certs');
  await mustRun('mkdir', ['-p', certsDir]);
  expect(await runCommand(['cert', 'ca', '--certs-dir', certsDir], { cwd: certsDir })).toMatchObject({
    code: 0,
  });
  const names = ['updates.example.com', 'eu.updates.example.com', 'new.example.org'].flatMap((name) => [
    '--name',
    name,
  ]);
  expect(
    await runCommand(['cert', 'server', ...names, '--certs-dir', certsDir], { cwd: certsDir }),
  ).toMatchObject({ code: 0 });
  kit = await makeKit('board-1', ['--certs-dir', certsDir, '--server-url', serverUrl]);
  native = await kitFor(serverUrl, '--polling', 'native');
});

const kitFor = (url: string, ...options: string[]) =>
  makeKit('board-1', ['--certs-dir', certsDir, '--server-url', url, ...options]);

function mustInstall({ code, stdout, stderr }: ProgramResult): string {
  if (code !== 0) throw new Error(stdout + stderr);
  return stdout;
}

/** Every file with its mode, time and content. */
async function snapshot(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const lines = files.sort().map(async (file) => {
    const { mode, mtimeMs, ino } = await stat(file);
    return `${file} ${mode.toString(8)} ${mtimeMs} ${ino} ${await readFile(file, 'latin1')}`;
  });
  return (await Promise.all(lines)).join('\n');
}

describe.each(boardShells)('install.sh with %s', (shell) => {
  it.each([
    ['1.6', []],
    ['1.8', ['streaming']],
    ['1.10.1', ['streaming']],
    ['1.11', ['streaming', 'send-headers']],
    ['rauc 1.15.2', ['streaming', 'send-headers', 'system-version']],
    ['v1.16', ['streaming', 'send-headers', 'system-version', 'polling']],
    ['2.0', ['streaming', 'send-headers', 'system-version', 'polling']],
  ])('gives RAUC %s what it knows', async (version, expected) => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(native, { RAUC_VERSION: version }));
    const conf = await board.read('etc/rauc/system.conf');
    const found = [
      ...(conf.includes('[streaming]\ntls-cert=/etc/rauc/update/device.crt\n') ? ['streaming'] : []),
      ...(conf.includes('\nsend-headers=boot-id;') ? ['send-headers'] : []),
      ...(conf.includes(';system-version\n') ? ['system-version'] : []),
      ...(conf.includes(`[polling]\nurl=${serverUrl}/api/v1/update.raucb\n`) ? ['polling'] : []),
    ];
    expect(found).toEqual(expected);
    expect(conf.startsWith(systemConf)).toBe(true);
    expect(conf).toContain(`\n[handlers]\nsystem-info=${handler}\n`);
    expect(await board.read('etc/rauc/system.conf.before-kit')).toBe(systemConf);
  });

  it('changes nothing the second time', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    await board.write('usr/lib/systemd/system/x', '');
    mustInstall(await board.install(native, { RAUC_VERSION: '1.16' }));
    const before = await snapshot(board.root);
    const result = await board.install(native, { RAUC_VERSION: '1.16' });
    expect(mustInstall(result)).toBe('Ready: RAUC does its own polling.\n');
    expect(await snapshot(board.root)).toBe(before);
  });

  it('has the script poll although RAUC could, and changes nothing the second time', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }));
    expect(await board.read('etc/rauc/system.conf')).not.toContain('[polling]');
    const before = await snapshot(board.root);
    expect(mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }))).not.toContain('system.conf');
    expect(await snapshot(board.root)).toBe(before);
  });

  it('says that an older RAUC does not poll by itself, and has the script do it', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    const said = mustInstall(await board.install(native, { RAUC_VERSION: '1.15.2' }));
    expect(said).toContain(
      'warning: only RAUC 1.16 or later can poll on its own; the script polls instead\n',
    );
    expect(await board.read('etc/rauc/system.conf')).not.toContain('[polling]');
  });

  it('takes back the polling of a kit before it, and nothing else', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }));
    const without = await board.read('etc/rauc/system.conf');
    const own = `${systemConf}\n[log.events]\nfilename=events.log\n`;
    for (const [before, after] of [
      [systemConf, without],
      [own, without.replace(systemConf, own)],
    ] as const) {
      await board.write('etc/rauc/system.conf', before);
      expect(mustInstall(await board.install(native, { RAUC_VERSION: '1.16' }))).toContain('is a preview');
      expect(await board.read('etc/rauc/system.conf')).toContain('[polling]');
      mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }));
      expect(await board.read('etc/rauc/system.conf')).toBe(after);
    }
  });

  it('names another server everywhere, and says which files still name the one before', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    await board.write('usr/lib/systemd/system/x', '');
    mustInstall(await board.install(native, { RAUC_VERSION: '1.16' }));
    await board.write('etc/hosts', '192.0.2.7 updates.example.com\n192.0.2.8 new.example.org\n');
    await board.write(
      'usr/local/bin/own-poll',
      'curl https://updates.example.com:8443/api/v1/manifest.json\n',
    );
    const moved = await kitFor('https://new.example.org:9443', '--polling', 'native');
    const said = mustInstall(await board.install(moved, { RAUC_VERSION: '1.16' }));
    expect(said.match(/^unchanged: .*$/gm)).toEqual([
      'unchanged: /etc/hosts still names the previous server, updates.example.com',
      'unchanged: /usr/local/bin/own-poll still names the previous server, updates.example.com',
    ]);
    expect(await board.read('etc/rauc/update/server.conf')).toContain('https://new.example.org:9443\n');
    expect(await board.read('etc/rauc/system.conf')).toContain(
      '\nurl=https://new.example.org:9443/api/v1/update.raucb\n',
    );
    const before = await snapshot(board.root);
    expect(mustInstall(await board.install(moved, { RAUC_VERSION: '1.16' }))).toBe(
      'Ready: RAUC does its own polling.\n',
    );
    expect(await snapshot(board.root)).toBe(before);
  });

  it('tells another port and a longer name from the previous server', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit));
    await board.write('etc/own', 'https://updates.example.com:8443/ or https://updates.example.com/\n');
    const port = mustInstall(await board.install(await kitFor('https://updates.example.com:9443')));
    expect(port).toContain('unchanged: /etc/own still names the previous server, updates.example.com:8443');
    await board.write('etc/own', 'https://eu.updates.example.com:9443/\n');
    const name = mustInstall(await board.install(await kitFor('https://eu.updates.example.com:9443')));
    expect(name).not.toContain('unchanged: ');
  });

  it('refuses an image whose links lead to this machine, before it changes anything', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    const elsewhere = await temporaryFolder();
    await mustRun('cp', ['-a', path.join(board.root, 'etc/rauc/.'), elsewhere]);
    await mustRun('rm', ['-r', path.join(board.root, 'etc/rauc')]);
    await mustRun('ln', ['-s', elsewhere, path.join(board.root, 'etc/rauc')]);
    const before = await snapshot(elsewhere);
    const { code, stderr } = await board.install(kit);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('/etc/rauc is a link') as string,
    });
    expect(await snapshot(elsewhere)).toBe(before);
  });

  it('follows a link that stays in the image', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    await mustRun('mkdir', [path.join(board.root, 'data')]);
    await mustRun('mv', [path.join(board.root, 'etc/rauc'), path.join(board.root, 'data/rauc')]);
    await mustRun('ln', ['-s', '../data/rauc', path.join(board.root, 'etc/rauc')]);
    mustInstall(await board.install(kit));
    expect(await board.read('data/rauc/system.conf')).toContain('[streaming]');
  });

  it('gives a newer RAUC the headers that the kit left out for an older one', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.10' }));
    expect(await board.read('etc/rauc/system.conf')).not.toContain('send-headers');
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.15' }));
    expect(await board.read('etc/rauc/system.conf')).toMatch(
      /\[streaming\]\ntls-cert=.*\nsend-headers=boot-id;.*;system-version\ntls-key=/,
    );
  });

  it('leaves sections alone that are there', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    const own = `${systemConf}\n[streaming]\ntls-cert=/mine.crt\n\n [polling]\nurl=https://other\n`;
    await board.write('etc/rauc/system.conf', own);
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }));
    expect(await board.read('etc/rauc/system.conf')).toBe(`${own}\n[handlers]\nsystem-info=${handler}\n`);
  });

  it('adds nothing that a RAUC of unknown version might not know', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    const said = mustInstall(await board.install(kit, { RAUC_VERSION: '' }));
    expect(said).toContain('RAUC_VERSION');
    expect(await board.read('etc/rauc/system.conf')).toBe(
      `${systemConf}\n[handlers]\nsystem-info=${handler}\n`,
    );
  });

  it('has our handler call the one of the board, whose lines stay', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    const handlers = '\n[handlers]\npre-install=/bin/true\nsystem-info = own-info\npost-install=/bin/true\n';
    await board.write('etc/rauc/system.conf', systemConf + handlers);
    await board.write(
      'etc/rauc/own-info',
      `#!/bin/sh\necho RAUC_SYSTEM_VERSION=7.7\necho RAUC_SYSTEM_VARIANT=big\necho RAUC_HTTP_SITE_NAME=Kiel\n`,
    );
    await mustRun('chmod', ['755', path.join(board.root, 'etc/rauc/own-info')]);
    mustInstall(await board.install(kit));
    mustInstall(await board.install(kit));
    expect(await board.read('etc/rauc/system.conf')).toContain(
      `[handlers]\nsystem-info=${handler}\npre-install=/bin/true\npost-install=/bin/true\n`,
    );
    expect((await board.program('system-info')).stdout).toBe(
      [
        'RAUC_SYSTEM_VERSION=7.7',
        'RAUC_SYSTEM_VARIANT=big',
        'RAUC_HTTP_SITE_NAME=Kiel',
        'RAUC_HTTP_COMPATIBLE=test-board',
        'RAUC_HTTP_SLOT=A',
        '',
      ].join('\n'),
    );
  });

  it('refuses a board of another compatible before it changes anything', async () => {
    const other = await makeKit('board-2', [
      ...['--certs-dir', certsDir, '--server-url', serverUrl, '--compatible', 'other-board'],
    ]);
    const board = await KitBoard.make(shell, 'board-2');
    const before = await snapshot(board.root);
    const { code, stderr } = await board.install(other);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('other-board') as string });
    expect(await snapshot(board.root)).toBe(before);
  });

  it('enables what polls, and only where RAUC does not do it', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    await board.write('usr/lib/systemd/system/x', '');
    const links = async () =>
      (await readdir(path.join(board.root, 'etc/systemd/system'), { recursive: true }))
        .filter((name) => name.includes('.wants/'))
        .sort();
    mustInstall(await board.install(kit));
    const good = 'multi-user.target.wants/rauc-update-mark-good.service';
    const again = 'rauc.service.wants/rauc-update-mark-good-again.service';
    const scripts = [good, again, 'timers.target.wants/rauc-update-poll.timer'];
    expect(await links()).toEqual(scripts);
    mustInstall(await board.install(native, { RAUC_VERSION: '1.16' }));
    expect(await links()).toEqual([good, 'multi-user.target.wants/rauc-update-watch.service', again]);
    mustInstall(await board.install(kit, { RAUC_VERSION: '1.16' }));
    expect(await links()).toEqual(scripts);
  });

  it('lets the streaming user, and nobody else, read the key', async () => {
    const board = await KitBoard.make(shell, 'board-1');
    // Others than root can give a file to their own group alone.
    const [group, another] =
      process.getuid?.() === 0 ? [65533, 4321] : [process.getgid?.(), process.getgid?.()];
    await board.write(
      'etc/passwd',
      `nobody:x:65534:${group}::/:/bin/false\nfetch:x:33:${another}::/:/bin/false\n`,
    );
    mustInstall(await board.install(kit));
    const key = path.join(board.root, 'etc/rauc/update/device.key');
    expect(await stat(key)).toMatchObject({ uid: process.getuid?.(), gid: group, mode: 0o100640 });
    const conf = await board.read('etc/rauc/system.conf');
    await board.write('etc/rauc/system.conf', conf.replace('[streaming]', '[streaming]\nsandbox-user=fetch'));
    mustInstall(await board.install(kit));
    expect(await stat(key)).toMatchObject({ gid: another, mode: 0o100640 });
  });

  it.each([
    ['IMAGE_VERSION=2026.1\nVERSION_ID=12\n', {}, '2026.1'],
    ["NAME=x\nVERSION_ID='12 b'\n", {}, '12 b'],
    ['VERSION_ID="12"\n', { 'etc/rauc/system-version': '3.1.4\nmore\n' }, '3.1.4'],
  ])('tells the version of %j', async (osRelease, files, version) => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit));
    await board.write('etc/os-release', osRelease);
    for (const [name, content] of Object.entries(files)) await board.write(name, content);
    const { stdout } = await board.program('system-info');
    expect(stdout.split('\n')).toContain(`RAUC_SYSTEM_VERSION=${version}`);
  });

  it.each([
    ['rauc.slot=B root=/dev/vda', 'B'],
    ['root=/dev/vdb quiet', 'B'],
    ['root=PARTUUID=12-34', 'rootfs.2'],
    ['root=/dev/sdz', ''],
    ['quiet', ''],
  ])('tells the slot of "%s"', async (cmdline, slot) => {
    const board = await KitBoard.make(shell, 'board-1');
    mustInstall(await board.install(kit));
    await board.write('etc/rauc/system.conf', `${systemConf}\n[slot.rootfs.2]\ndevice=/dev/vdc\n`);
    await board.write('proc/cmdline', `${cmdline}\n`);
    await board.write('proc/device-tree/serial-number', 'S-0815\0');
    for (const name of ['a', 'b', 'c']) await board.write(`dev/vd${name}`, '');
    await mustRun('mkdir', ['-p', path.join(board.root, 'dev/disk/by-partuuid')]);
    await mustRun('ln', ['-s', '../../vdc', path.join(board.root, 'dev/disk/by-partuuid/12-34')]);
    const lines = (await board.program('system-info')).stdout.split('\n');
    expect(lines).toContain('RAUC_SYSTEM_SERIAL=S-0815');
    expect(lines.find((line) => line.startsWith('RAUC_HTTP_SLOT='))).toBe(
      slot === '' ? undefined : `RAUC_HTTP_SLOT=${slot}`,
    );
  });
});

describe('the changed system.conf', () => {
  it.each([
    ['rauc', '1.8'],
    [raucSid, '1.15.2'],
  ])('is taken by %s', async (rauc, version) => {
    const board = await KitBoard.make('dash', 'board-1');
    await board.write('etc/rauc/keyring.pem', await readFile(path.join(certsDir, 'ca.crt')));
    mustInstall(await board.install(kit, { RAUC_VERSION: version }));
    const conf = path.join(board.root, 'etc/rauc/system.conf');
    await board.write(
      'etc/rauc/system.conf',
      (await readFile(conf, 'utf8')).replace(handler, board.root + handler),
    );
    const { stderr, stdout } = await run(rauc, ['--conf', conf, 'status'], {
      env: { RAUC_UPDATE_ROOT: board.root },
    });
    // Without a bus it can't answer; what matters is that it came so far.
    expect(stdout + stderr).not.toMatch(/Failed to (load|initialize)|Invalid (key|group)/);
  });
});

describe('a kit for a device with its own key', () => {
  it('has no key, and says where it goes until it is there', async () => {
    const folder = await temporaryFolder();
    const request = path.join(folder, 'own.csr');
    await mustRun('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', path.join(folder, 'own.key'), '-subj', '/CN=own', '-out', request],
    ]);
    const own = await makeKit('own', ['--certs-dir', certsDir, '--server-url', serverUrl, '--csr', request]);
    const board = await KitBoard.make('dash', 'own');
    expect(mustInstall(await board.install(own))).toContain('/etc/rauc/update/device.key');
    await board.write('etc/rauc/update/device.key', await readFile(path.join(folder, 'own.key')));
    expect(mustInstall(await board.install(own))).not.toContain('device.key');
    const { mode } = await stat(path.join(board.root, 'etc/rauc/update/device.key'));
    expect(mode & 0o777).toBe(0o640);
  });
});
