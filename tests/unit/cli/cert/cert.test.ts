import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { type CliResult, runCommand } from '../../../support/cli-harness';

let cwd: string;
const cert = (...args: string[]): Promise<CliResult> => runCommand(['cert', ...args], { cwd });
const exists = (name: string) =>
  stat(path.join(cwd, name)).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  cwd = await temporaryFolder();
  expect(await cert('ca')).toMatchObject({ code: 0, stdout: 'certs/ca.crt\ncerts/ca.key\n' });
});

describe('cert device', () => {
  it('prints the files as data and a curl line to go on with as talk', async () => {
    const { code, stdout, stderr } = await cert('device', 'board-1', '--compatible', 'a gw');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'certs/devices/board-1.crt\ncerts/devices/board-1.key\n',
    });
    expect(stderr).toContain(
      'curl --cacert certs/ca.crt --cert certs/devices/board-1.crt --key certs/devices/board-1.key',
    );
    expect(stderr).toContain("'https://localhost:8443/api/v1/manifest.json?compatible=a%20gw'");
  });

  it.each(['PEM', 'DER'])('signs a %s request from a file, and no key appears here', async (form) => {
    const id = `csr-${form.toLowerCase()}`;
    await mustRun(
      'openssl',
      ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'].concat([
        '-keyout',
        'away.key',
        '-subj',
        `/CN=${id}`,
        '-outform',
        form,
        '-out',
        `${id}.csr`,
      ]),
      { cwd },
    );
    const { code, stdout } = await cert('device', id, '--csr', `${id}.csr`, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      certificate: { role: 'device', common_name: id, not_after: expect.stringMatching(/Z$/) as string },
      written: [path.join(cwd, `certs/devices/${id}.crt`)],
      kept: [],
    });
    expect(await exists(`certs/devices/${id}.key`)).toBe(false);
  });

  it('signs a request from standard input', async () => {
    await mustRun(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'in.key',
        '-subj',
        '/CN=piped',
        '-out',
        'in.csr',
      ],
      { cwd },
    );
    const stdin = await readFile(path.join(cwd, 'in.csr'));
    const { code } = await runCommand(['cert', 'device', 'piped', '--csr', '-'], { cwd, stdin });
    expect(code).toBe(0);
  });

  it('takes --days, --key and --out', async () => {
    await mkdir(path.join(cwd, 'usb'));
    const { code, stdout } = await cert(
      'device',
      'b2',
      '--days',
      '730',
      '--key',
      'rsa',
      '--out',
      'usb',
      '--json',
    );
    expect(code).toBe(0);
    const { certificate, written } = JSON.parse(stdout) as {
      certificate: { not_after: string; key_algorithm: string };
      written: string[];
    };
    expect(certificate.not_after.slice(0, 10)).toBe('2028-11-23');
    expect(certificate.key_algorithm).toMatch(/^RSA/);
    expect(written).toEqual([path.join(cwd, 'usb/b2.crt'), path.join(cwd, 'usb/b2.key')]);
  });

  it.each(['../server', '.hidden', 'a/b', '', 'x'.repeat(65)])('refuses the id %j', async (id) => {
    const { code, stdout } = await cert('device', id);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('overwrites nothing without --force, and keeps the old with it', async () => {
    expect((await cert('device', 'twice')).code).toBe(0);
    expect(await cert('device', 'twice')).toMatchObject({ code: 1, stdout: '' });
    const forced = await cert('device', 'twice', '--force', '--json');
    expect((JSON.parse(forced.stdout) as { kept: string[] }).kept).toHaveLength(2);
  });

  it('refuses a request file that is missing, a folder, or endless', async () => {
    for (const file of ['no-such.csr', 'certs', '/dev/zero']) {
      expect(await cert('device', 'x', '--csr', file)).toMatchObject({ code: 1, stdout: '' });
    }
  });
});

describe('cert server', () => {
  it('covers the names and addresses given', async () => {
    const { code, stdout } = await cert(
      'server',
      '--name',
      'ota.lan',
      '--name',
      'b.lan',
      '--ip',
      '192.0.2.7',
      '--json',
    );
    expect(code).toBe(0);
    const { certificate } = JSON.parse(stdout) as { certificate: { names: string[] } };
    expect(certificate.names.sort()).toEqual(['192.0.2.7', 'b.lan', 'ota.lan']);
  });
});

describe('cert ca', () => {
  it('takes over a CA with or without its key', async () => {
    const other = await temporaryFolder();
    const files = ['--import', path.join(cwd, 'certs/ca.crt')];
    const inOther = (...args: string[]) => runCommand(['cert', ...args], { cwd: other });
    expect(await inOther('ca', ...files)).toMatchObject({ code: 0, stdout: 'certs/ca.crt\n' });
    expect(await inOther('device', 'x')).toMatchObject({ stdout: '' });
    const withKey = await inOther('ca', ...files, '--import-key', path.join(cwd, 'certs/ca.key'), '--force');
    expect(withKey).toMatchObject({ code: 0 });
    expect((await inOther('device', 'x')).code).toBe(0);
  });
});

describe('cert list, show and verify', () => {
  it('show what is there, for people and for scripts', async () => {
    expect((await cert('list')).stdout).toMatch(/^board-1 +device +✓ valid +2036-/m);
    const { certificates } = JSON.parse((await cert('list', '--json')).stdout) as { certificates: object[] };
    expect(certificates).toContainEqual(
      expect.objectContaining({ role: 'ca', has_key: true, revoked_at: null }),
    );
    expect((await cert('show', 'board-1')).stdout).toContain('a gw');
    expect(JSON.parse((await cert('show', 'ca', '--json')).stdout)).toMatchObject({
      certificates: [{ role: 'ca' }],
    });
    expect(await cert('show', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  it('list those of devices by name, as people count, after the CA', async () => {
    const other = await temporaryFolder();
    const inOther = (...args: string[]) => runCommand(['cert', ...args], { cwd: other });
    await inOther('ca');
    for (const id of ['board-10', 'board-9']) await inOther('device', id);
    const { certificates } = JSON.parse((await inOther('list', '--json')).stdout) as {
      certificates: { role: string; common_name: string }[];
    };
    expect(certificates[0]?.role).toBe('ca');
    expect(certificates.flatMap((one) => (one.role === 'device' ? [one.common_name] : []))).toEqual([
      'board-9',
      'board-10',
    ]);
  });

  it('list what expires first before the rest, where one asks for that', async () => {
    const other = await temporaryFolder();
    const inOther = (...args: string[]) => runCommand(['cert', ...args], { cwd: other });
    await inOther('ca');
    await inOther('device', 'late', '--days', '300');
    await inOther('device', 'soon', '--days', '3');
    const { certificates } = JSON.parse((await inOther('list', '--by-expiry', '--json')).stdout) as {
      certificates: { common_name: string }[];
    };
    expect(certificates.map((one) => one.common_name).slice(0, 2)).toEqual(['soon', 'late']);
    const { stdout } = await inOther('list', '--by-expiry');
    expect(stdout.indexOf('soon')).toBeLessThan(stdout.indexOf('late'));
  });

  it('replace a server certificate without losing a name, but for one that is dropped', async () => {
    const other = await temporaryFolder();
    const env = { SERVER_URL: 'https://updates.example.com:8443' };
    const server = (...args: string[]) => runCommand(['cert', 'server', ...args], { cwd: other, env });
    const namesOf = async (...args: string[]) => {
      const { stdout } = await server('--json', ...args);
      return (JSON.parse(stdout) as { certificate: { names: string[] } }).certificate.names;
    };
    await runCommand(['cert', 'ca'], { cwd: other });
    expect(await namesOf('--name', 'a.test', '--ip', '192.0.2.7')).toEqual([
      ...['a.test', '192.0.2.7', 'updates.example.com'],
    ]);
    expect(await namesOf('--force')).toEqual(['a.test', '192.0.2.7', 'updates.example.com']);
    expect(await namesOf('--force', '--name', 'b.test', '--drop-name', 'a.test')).toEqual([
      ...['192.0.2.7', 'updates.example.com', 'b.test'],
    ]);
    expect((await server('--force', '--drop-name', 'updates.example.com')).code).toBe(2);
    expect((await server('--drop-name', 'b.test')).code).toBe(1); // there is one, and it is not forced
  });

  it('end with 1 when the folder has an error', async () => {
    const other = await temporaryFolder();
    const verify = (...args: string[]) => runCommand(['cert', 'verify', ...args], { cwd: other });
    await runCommand(['cert', 'ca'], { cwd: other });
    await runCommand(['cert', 'server'], { cwd: other });
    expect(await verify()).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse((await verify('--json')).stdout)).toEqual({ ok: true, findings: [] });
    await copyFile(path.join(cwd, 'certs/ca.key'), path.join(other, 'certs/server.key'));
    expect((await verify()).code).toBe(1);
    expect(JSON.parse((await verify('--json')).stdout)).toMatchObject({ ok: false });
  });
});

describe('cert revoke', () => {
  it('lists what it revoked, and says that it works at once', async () => {
    expect((await cert('device', 'lost')).code).toBe(0);
    const { code, stdout, stderr } = await cert('revoke', 'lost', '--reason', 'stolen');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lost +[0-9a-f]+ +2026-11-24T04:00:00Z$/m);
    expect(stderr).toContain('at once');
    expect((await cert('list')).stdout).toMatch(/^lost +device +⊘ revoked/m);
  });

  it('prints JSON, and refuses what it does not know', async () => {
    const { stdout } = await cert('revoke', 'lost', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ revoked: [{ common_name: 'lost', reason: 'stolen' }] });
    expect(await cert('revoke', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  it('takes a serial that was never seen, and says so', async () => {
    const { code, stdout, stderr } = await cert('revoke', '--serial', '0x00AB12', '--reason', 'lost box');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^- +ab12 +2026-11-24T04:00:00Z$/m);
    expect(stderr).toContain('No certificate with this serial is known here');
    expect(await cert('revoke', '--serial', 'nonsense')).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes the certificate itself, from a file or from standard input', async () => {
    expect((await cert('device', 'far', '--out', 'elsewhere')).code).toBe(0);
    const { stdout } = await cert('revoke', '--file', 'elsewhere/far.crt', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ revoked: [{ common_name: 'far' }] });
    const stdin = await readFile(path.join(cwd, 'elsewhere/far.crt'));
    const again = await runCommand(['cert', 'revoke', '--file', '-', '--json'], { cwd, stdin });
    expect(again.stdout).toBe(stdout);
    expect(await cert('revoke', '--file', 'certs/ca.crt')).toMatchObject({ code: 1, stdout: '' });
    expect(await cert('revoke', '--file', 'nowhere.crt')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([[[]], [['lost', '--serial', 'ab']], [['--serial', 'ab', '--file', 'certs/ca.crt']]])(
    'wants one certificate, not %j',
    async (args) => {
      expect(await cert('revoke', ...args)).toMatchObject({ code: 2, stdout: '' });
    },
  );
});

describe('cert revoked', () => {
  it('lists all of them with their reasons, the newest first', async () => {
    const { stdout } = await cert('revoked');
    expect(stdout).toMatch(/^- +ab12 +2026-11-24T04:00:00Z +lost box$/m);
    const names = (
      JSON.parse((await cert('revoked', '--json')).stdout) as { revoked: { common_name: string }[] }
    ).revoked;
    expect(names.map(({ common_name: name }) => name)).toEqual(['far', '', 'lost']);
    const empty = await temporaryFolder();
    expect(await runCommand(['cert', 'revoked'], { cwd: empty })).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('token', () => {
  const token = (...args: string[]) => runCommand(['token', ...args], { cwd });

  it('is shown once, as the only data, so that it can go into a file', async () => {
    const { code, stdout, stderr } = await token('create', 'ci', '--scope', 'publish');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rss_[\w-]{43}\n$/);
    expect(stderr).not.toContain(stdout.trim());
    const listed = await token('list');
    expect(listed.stdout).toMatch(/^ci +publish +2026-11-24T04:00:00Z +cli:tester +-$/m);
    expect(listed.stdout).not.toContain(stdout.trim());
  });

  it('can be made, listed and revoked by scripts', async () => {
    const created = JSON.parse((await token('create', 'me', '--scope', 'admin', '--json')).stdout) as object;
    expect(created).toEqual({
      token: {
        name: 'me',
        scope: 'admin',
        created_at: '2026-11-24T04:00:00.000Z',
        created_by: 'cli:tester',
        revoked_at: null,
      },
      secret: expect.stringMatching(/^rss_/) as string,
    });
    expect(JSON.parse((await token('revoke', 'me', '--json')).stdout)).toMatchObject({
      token: { name: 'me', revoked_at: '2026-11-24T04:00:00.000Z' },
    });
    expect(JSON.parse((await token('list', '--json')).stdout)).toMatchObject({
      tokens: expect.arrayContaining([expect.objectContaining({ name: 'me' })]) as unknown[],
    });
  });

  it('is refused twice under one name, and a revoked one must exist', async () => {
    expect((await token('create', 'ci', '--scope', 'read')).code).toBe(1);
    expect((await token('revoke', 'nobody')).code).toBe(1);
    await writeFile(path.join(cwd, 'blocked'), '');
    expect((await token('list', '--data-dir', 'blocked')).code).not.toBe(0);
  });
});
