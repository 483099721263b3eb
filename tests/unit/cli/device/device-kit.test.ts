import { appendFile, copyFile, readdir, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../../support/cli-harness';
import { mustRun, temporaryFolder } from '../../../support/programs';

let cwd: string;
const url = ['--server-url', 'https://updates.example.com:8443'];
const kit = (...args: string[]) => runCommand(['device', 'kit', ...args], { cwd });

beforeEach(async () => {
  cwd = await temporaryFolder();
  expect(await runCommand(['cert', 'ca'], { cwd })).toMatchObject({ code: 0 });
  const names = ['--name', 'updates.example.com'];
  expect(await runCommand(['cert', 'server', ...names], { cwd })).toMatchObject({ code: 0 });
});

describe('device kit', () => {
  it('prints the archive as data, which is for its owner alone, and how to go on as talk', async () => {
    const { code, stdout, stderr } = await kit('board-1', ...url);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'device-kit-board-1.tar.gz\n' });
    expect(stderr).toContain('tar -xzf device-kit-board-1.tar.gz && device-kit-board-1/install.sh');
    expect((await stat(path.join(cwd, 'device-kit-board-1.tar.gz'))).mode & 0o777).toBe(0o600);
    await mustRun('tar', ['-xzf', 'device-kit-board-1.tar.gz'], { cwd });
    expect(await readdir(path.join(cwd, 'device-kit-board-1'))).toEqual(
      expect.arrayContaining(['README.md', 'install.sh', 'root', 'system.conf.d']),
    );
  });

  it('prints what it made as JSON', async () => {
    const { code, stdout } = await kit('board-1', ...url, '--json', '--out', 'kits/new');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      device: 'board-1',
      server_url: 'https://updates.example.com:8443',
      kit: path.join(cwd, 'kits/new/device-kit-board-1.tar.gz'),
      has_key: true,
      files: expect.arrayContaining(['install.sh']) as string[],
      issued: { certificate: { common_name: 'board-1' } },
    });
    expect(await readdir(path.join(cwd, 'kits/new'))).toEqual(['device-kit-board-1.tar.gz']);
    const again = await kit('board-1', ...url, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ issued: null });
  });

  it('has RAUC itself poll when told so, warns of it, and knows no other way', async () => {
    const native = ['board-1', ...url, '--polling', 'native'];
    const { warnings } = JSON.parse((await kit(...native, '--json')).stdout) as { warnings: string[] };
    expect(warnings).toEqual([expect.stringContaining('a preview')]);
    expect((await kit(...native)).stderr).toContain(`warning: ${warnings[0]}`);
    const conf = 'device-kit-board-1/root/etc/rauc/update/server.conf';
    const polling = async () =>
      (await mustRun('tar', ['-xzOf', 'device-kit-board-1.tar.gz', conf], { cwd })).stdout;
    expect(await polling()).toContain('\npolling=native\n');
    expect((await kit('board-1', ...url)).stderr).not.toContain('a preview');
    expect(await polling()).toContain('\npolling=script\n');
    expect(await kit('board-1', ...url, '--polling', 'sometimes')).toMatchObject({ code: 2 });
  });

  it('needs to know where the server is', async () => {
    const { code, stderr } = await kit('board-1');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--server-url') as string });
    expect(await readdir(path.join(cwd, 'certs'))).not.toContain('devices');
    const env = { SERVER_URL: 'https://updates.example.com' };
    expect(await runCommand(['device', 'kit', 'board-1'], { cwd, env })).toMatchObject({ code: 0 });
  });

  it('for a host that the server certificate does not cover is refused, and made after the command of the remedy', async () => {
    const other = ['board-1', '--server-url', 'https://192.0.2.7:8443'];
    const { code, stdout, stderr } = await kit(...other);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readdir(cwd)).toEqual(['certs']);
    expect(await readdir(path.join(cwd, 'certs'))).not.toContain('devices');
    const [, remedy = ''] = /rauc-simple-server (cert server .*)/.exec(stderr) ?? [];
    expect(await runCommand(remedy.trim().split(' '), { cwd })).toMatchObject({ code: 0 });
    expect(await kit(...other, '--json')).toMatchObject({ code: 0 });
    expect(await kit('board-1', ...url)).toMatchObject({ code: 0 });
  });

  it('is made on a machine that only issues, and says what could not be checked', async () => {
    for (const kind of ['crt', 'key']) await unlink(path.join(cwd, `certs/server.${kind}`));
    const { code, stderr } = await kit('board-1', ...url);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('no server certificate here') as string,
    });
    const { stdout } = await kit('board-1', ...url, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ server_checked: false });
  });

  it('holds the root of a server certificate whose CA is not that of the devices', async () => {
    const theirs = await temporaryFolder();
    for (const args of [['ca'], ['server', '--name', 'updates.example.com']])
      expect(await runCommand(['cert', ...args], { cwd: theirs })).toMatchObject({ code: 0 });
    for (const name of ['server.crt', 'server.key'])
      await copyFile(path.join(theirs, 'certs', name), path.join(cwd, 'certs', name));
    expect(await kit('board-1', ...url)).toMatchObject({ code: 1, stdout: '' });
    const root = await readFile(path.join(theirs, 'certs/ca.crt'), 'utf8');
    await appendFile(path.join(cwd, 'certs/server.crt'), root);
    const { code, stderr } = await kit('board-1', ...url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('warning: ') as string });
    const conf = 'device-kit-board-1/root/etc/rauc/update/ca.crt';
    const { stdout } = await mustRun('tar', ['-xzOf', 'device-kit-board-1.tar.gz', conf], { cwd });
    expect(stdout).toBe((await readFile(path.join(cwd, 'certs/ca.crt'), 'utf8')) + root);
  });

  it('signs a request from standard input and makes a kit without a key', async () => {
    await mustRun(
      'openssl',
      ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k', '-subj', '/CN=b', '-out', 'r'],
      { cwd },
    );
    const stdin = (await mustRun('cat', ['r'], { cwd })).stdout;
    const { code, stdout } = await runCommand(['device', 'kit', 'b', '--csr', '-', '--json', ...url], {
      cwd,
      stdin,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ has_key: false });
  });

  it('refuses --key with --csr, and says how to replace a certificate', async () => {
    expect(await kit('b', ...url, '--csr', 'r', '--key', 'ec')).toMatchObject({ code: 2 });
    expect(await kit('b', ...url)).toMatchObject({ code: 0 });
    expect(await kit('b', ...url, '--days', '400')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--force') as string,
    });
    expect(await kit('b', ...url, '--days', '400', '--force')).toMatchObject({ code: 0 });
  });

  it('refuses a key that is not that of the certificate', async () => {
    for (const id of ['a', 'b']) expect(await kit(id, ...url)).toMatchObject({ code: 0 });
    const devices = path.join(cwd, 'certs/devices');
    await copyFile(path.join(devices, 'a.key'), path.join(devices, 'b.key'));
    expect(await kit('b', ...url)).toMatchObject({ code: 2 });
  });
});
