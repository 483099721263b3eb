import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../support/cli-harness';
import { makeKit } from '../support/kit-board';
import { mustRun, run, temporaryFolder } from '../support/programs';

/** The installer of the kit for rauc-hawkbit-updater, into the root file systems of boards. */
let kit: string;
let board: string;

beforeAll(async () => {
  const certsDir = path.join(await temporaryFolder(), 'certs');
  await mkdir(certsDir);
  const certs = ['--certs-dir', certsDir];
  for (const made of [['ca'], ['server', '--name', 'updates.example.com']])
    expect(await runCommand(['cert', ...made, ...certs], { cwd: certsDir })).toMatchObject({ code: 0 });
  const url = ['--server-url', 'https://updates.example.com:8443'];
  kit = await makeKit('board-1', [...certs, ...url, '--client', 'hawkbit']);
});

beforeEach(async () => {
  board = await temporaryFolder();
  await mkdir(path.join(board, 'etc/rauc'), { recursive: true });
  await mkdir(path.join(board, 'proc/sys/kernel/random'), { recursive: true });
  await put('etc/rauc/system.conf', '[system]\ncompatible=my-board\n');
  await put('etc/os-release', 'VERSION_ID="1.0.0"\n');
  await put('proc/sys/kernel/random/boot_id', 'boot-1\n');
});

const put = (name: string, content: string) => writeFile(path.join(board, name), content);
const text = (name: string) => readFile(path.join(board, name), 'utf8');
const install = () => run(path.join(kit, 'install.sh'), [], { env: { DESTDIR: board } });
const conf = 'etc/rauc-hawkbit-updater/config.conf';

/** The configuration that the updater starts with. */
async function completed(): Promise<string> {
  const file = path.join(board, 'completed.conf');
  const program = path.join(board, 'usr/local/lib/rauc-update/hawkbit-config');
  await mustRun(program, [file], { env: { RAUC_UPDATE_ROOT: board } });
  return readFile(file, 'utf8');
}

describe('the kit for rauc-hawkbit-updater', () => {
  it('installs everything, once', async () => {
    expect(await install()).toMatchObject({ code: 0, stderr: '' });
    expect(await text(conf)).toContain('\nhawkbit_server = updates.example.com:8443\n');
    expect(await text('usr/local/share/ca-certificates/rauc-simple-server-1.crt')).toMatch(/^-----BEGIN/);
    expect((await stat(path.join(board, 'etc/rauc/update/device.key'))).mode & 0o777).toBe(0o640);
    const again = (await install()).stdout.split('\n').filter((line) => line.includes('written'));
    expect(again).toEqual([]);
  });

  it("starts the updater as Debian builds it, without systemd's watchdog", async () => {
    await install();
    const unit = await text('etc/systemd/system/rauc-hawkbit-updater.service.d/rauc-simple-server.conf');
    const start = 'ExecStart=/usr/bin/rauc-hawkbit-updater -c /run/rauc-update-hawkbit/config.conf';
    expect(unit).toContain(`\nExecStart=\n${start}\n`);
    expect(unit).toContain('\nWatchdogSec=0\n');
  });

  it('has the updater report what runs', async () => {
    await install();
    const lines = (await completed()).split('[device]\n')[1]?.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['compatible = my-board', 'system_version = 1.0.0', 'boot_id = boot-1']),
    );
    expect((await stat(path.join(board, 'completed.conf'))).mode & 0o077).toBe(0);
  });

  it('takes over a device of hawkBit: its server and credentials change, and the rest stays', async () => {
    await mkdir(path.join(board, 'etc/rauc-hawkbit-updater'));
    const before =
      '# ours\n[client]\nhawkbit_server = hawkbit.example.com\nssl=false\nauth_token = a-secret\ntarget_name = old\n' +
      'bundle_download_location = /data/b.raucb\n\n[device]\nproduct = Gateway\nsystem_version = 0.9\n';
    await put(conf, before);
    expect((await install()).code).toBe(0);
    const after = await text(conf);
    expect(after).toContain('# ours\n[client]\nhawkbit_server = updates.example.com:8443\nssl = true\n');
    expect(after).toContain('\nbundle_download_location = /data/b.raucb\n\n[device]\nproduct = Gateway\n');
    for (const gone of ['hawkbit.example.com', 'ssl=false', 'auth_token', 'old'])
      expect(after).not.toContain(gone);
    expect(await text(`${conf}.before-kit`)).toBe(before);
    expect((await install()).stdout).not.toContain('config.conf: changed');
    const device = (await completed()).split('[device]\n')[1] ?? '';
    expect(device).toContain('product = Gateway\n');
    expect(device.match(/^system_version = .*$/gm)).toEqual(['system_version = 1.0.0']);
  });

  it('writes nothing outside an image', async () => {
    await symlink('/usr/local', path.join(board, 'usr')).catch(() => undefined);
    const { code, stderr } = await install();
    expect(code).toBe(1);
    expect(stderr).toContain('make it relative');
  });
});
