import { copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './cli-harness';
import type { ClientFiles, DeviceListener } from './device-listener';
import { mustRun, type ProgramResult, run, temporaryFolder } from './programs';

/** The shells for the kit's scripts: Debian's with its programs, or BusyBox alone. */
export const boardShells = ['dash', 'BusyBox ash'] as const;
export type BoardShell = (typeof boardShells)[number];

const firstBoards = new Map<string, Promise<KitBoard>>();

export const streamingHelp = '--tls-cert=PEMFILE --transaction-id=UUID';

/**
 * A board's root file system in a folder, with a kit installed in it. Its `rauc` is a script that records its calls: the real one installs
 * only on a device.
 */
export class KitBoard {
  private constructor(
    readonly root: string,
    private readonly bin: string,
    private readonly fake: string,
    private readonly shell: BoardShell,
    readonly id: string,
  ) {}

  /** A new board, not enrolled yet. */
  static async make(shell: BoardShell, id: string): Promise<KitBoard> {
    const folder = await temporaryFolder();
    const board = new KitBoard(
      path.join(folder, 'root'),
      path.join(folder, 'bin'),
      path.join(folder, 'fake'),
      shell,
      id,
    );
    for (const dir of [board.bin, board.fake]) await mkdir(dir);
    await board.makePrograms();
    await board.write('etc/rauc/system.conf', systemConf);
    await board.write('etc/passwd', 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n');
    await board.write('etc/os-release', 'NAME="Test"\nVERSION_ID="0.9.0"\n');
    await board.write('etc/machine-id', '0123456789abcdef0123456789abcdef\n');
    await board.write('proc/uptime', '83.21 160.00\n');
    await board.write('proc/cmdline', 'quiet rauc.slot=A console=ttyS0\n');
    await board.boot('0.9.0', 1);
    await writeFile(path.join(board.fake, 'help'), streamingHelp);
    return board;
  }

  /** A board with the kit of its server: a copy of the first one of its shell, with a certificate of its own. */
  static async enroll(shell: BoardShell, id: string, listener: DeviceListener): Promise<KitBoard> {
    const of = `${shell} ${listener.url}`;
    const first = firstBoards.get(of) ?? KitBoard.enrollFirst(shell, listener);
    firstBoards.set(of, first);
    return (await first).copy(id, await listener.device(id));
  }

  private static async enrollFirst(shell: BoardShell, listener: DeviceListener): Promise<KitBoard> {
    const board = await KitBoard.make(shell, `first-${shell.replace(' ', '-')}`);
    await listener.device(board.id);
    const kit = await makeKit(board.id, ['--certs-dir', listener.certsDir, '--server-url', listener.url]);
    const installed = await board.install(kit);
    if (installed.code !== 0) throw new Error(installed.stdout + installed.stderr);
    return board;
  }

  private async copy(id: string, files: ClientFiles): Promise<KitBoard> {
    const folder = await temporaryFolder();
    const board = new KitBoard(
      path.join(folder, 'root'),
      this.bin,
      path.join(folder, 'fake'),
      this.shell,
      id,
    );
    await cp(this.root, board.root, { recursive: true, verbatimSymlinks: true });
    await mkdir(board.fake);
    await board.raucAnswers('help', streamingHelp);
    const kit = path.join(board.root, 'etc/rauc/update');
    await copyFile(files.cert, path.join(kit, 'device.crt'));
    await copyFile(files.key, path.join(kit, 'device.key'));
    return board;
  }

  /** Runs the installer of a kit. */
  async install(kit: string, env: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
    const copy = path.join(this.fake, 'kit');
    await rm(copy, { recursive: true, force: true });
    await cp(kit, copy, { recursive: true, verbatimSymlinks: true });
    await this.useOwnShell(path.join(copy, 'root/usr/local'));
    return this.run('sh', [path.join(copy, 'install.sh')], {
      DESTDIR: this.root,
      RAUC_VERSION: '1.15',
      ...env,
    });
  }

  /** Boots into a version. */
  async boot(version: string, count: number): Promise<void> {
    await this.write('etc/os-release', `NAME="Test"\nVERSION_ID="${version}"\n`);
    await this.write('proc/sys/kernel/random/boot_id', `00000000-0000-4000-8000-00000000000${count}\n`);
    await this.write('proc/sys/kernel/random/uuid', `11111111-1111-4111-8111-11111111111${count}\n`);
    await rm(path.join(this.root, 'run'), { recursive: true, force: true });
  }

  /** Runs a program of the kit. */
  program(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
    const folder = name.startsWith('rauc-update-') ? 'usr/local/sbin' : 'usr/local/lib/rauc-update';
    return this.run(path.join(this.root, folder, name), args, env);
  }

  poll(env: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
    return this.program('rauc-update-poll', [], {
      RAUC_UPDATE_REBOOT_COMMAND: `echo >>'${this.root}/rebooted'`,
      RAUC_UPDATE_RETRY_SECONDS: '0',
      ...env,
    });
  }

  async write(name: string, content: string | Buffer): Promise<void> {
    const file = path.join(this.root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  read(name: string): Promise<string> {
    return readFile(path.join(this.root, name), 'utf8');
  }

  /** Sets how `rauc` answers from now on: `help`, `output`, `code`, or a shell script in `before`. */
  raucAnswers(name: 'help' | 'output' | 'code' | 'before', content: string | Buffer): Promise<void> {
    return writeFile(path.join(this.fake, name), content);
  }

  /** The commands with which `rauc` was called to install or mark. */
  async raucCalls(): Promise<string[]> {
    const calls = await readFile(path.join(this.fake, 'calls'), 'utf8').catch(() => '');
    return calls.split('\n').filter((call) => call !== '');
  }

  /** The file that `rauc` was given. */
  installedFile(): string {
    return path.join(this.fake, 'installed');
  }

  private run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ProgramResult> {
    const command = program === 'sh' ? path.join(this.bin, 'sh') : program;
    return run(command, args, {
      env: { PATH: this.path(), RAUC_UPDATE_ROOT: this.root, FAKE_RAUC: this.fake, LC_ALL: '', ...env },
    });
  }

  private path(): string {
    return this.shell === 'dash' ? `${this.bin}:/usr/bin:/bin` : this.bin;
  }

  private async makePrograms(): Promise<void> {
    if (this.shell === 'dash') await symlink('/usr/bin/dash', path.join(this.bin, 'sh'));
    else {
      await mustRun('busybox', ['--install', '-s', this.bin]);
      await symlink('/usr/bin/curl', path.join(this.bin, 'curl'));
    }
    await writeFile(path.join(this.bin, 'rauc'), `#!${path.join(this.bin, 'sh')}\n${fakeRauc}`, {
      mode: 0o755,
    });
  }

  /** `#!/bin/sh` would be the shell of the machine that runs the tests. */
  private async useOwnShell(folder: string): Promise<void> {
    for (const name of programs) {
      const file = path.join(folder, name);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('#!/bin/sh\n', `#!${path.join(this.bin, 'sh')}\n`));
    }
  }
}

const programs = [
  'lib/rauc-update/ask-server',
  'lib/rauc-update/system-info',
  'sbin/rauc-update-mark-good',
  'sbin/rauc-update-poll',
  'sbin/rauc-update-report',
  'sbin/rauc-update-watch',
];

export const systemConf = `[system]
compatible=test-board
bootloader=noop

[keyring]
path=keyring.pem

[slot.rootfs.0]
device=/dev/vda
bootname=A

[slot.rootfs.1]
device=/dev/vdb
bootname=B
`;

const fakeRauc = `
case "$1 $2" in "install --help") cat "$FAKE_RAUC/help"; exit ;; esac
echo "$*" >>"$FAKE_RAUC/calls"
if [ -f "$FAKE_RAUC/before" ]; then . "$FAKE_RAUC/before"; fi
for last; do :; done
if [ -f "$last" ]; then cp "$last" "$FAKE_RAUC/installed"; fi
if [ -f "$FAKE_RAUC/output" ]; then cat "$FAKE_RAUC/output"; fi
if [ -f "$FAKE_RAUC/code" ]; then exit "$(cat "$FAKE_RAUC/code")"; fi
`;

/** Makes a kit with the command line and unpacks it. @returns its folder */
export async function makeKit(
  id: string,
  args: readonly string[],
  stdin: string | Buffer = '',
): Promise<string> {
  const cwd = await temporaryFolder();
  const { code, stderr } = await runCommand(['device', 'kit', id, ...args], { cwd, stdin });
  if (code !== 0) throw new Error(stderr);
  await mustRun('tar', ['-xzf', `device-kit-${id}.tar.gz`], { cwd });
  return path.join(cwd, `device-kit-${id}`);
}
