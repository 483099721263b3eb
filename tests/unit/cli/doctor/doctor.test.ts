import { createHash } from 'node:crypto';
import { chmod, lstat, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import Sqlite from 'libsql';
import { version } from '../../../../package.json';
import { doctorJson } from '../../../../src/contract/doctor';
import { openCertificateFolder } from '../../../../src/pki/certificate-folder';
import { examine } from '../../../../src/server/doctor';
import { cliNow, type CliResult, type CliRun, runCommand } from '../../../support/cli-harness';
import { copyStopped } from '../../../support/copy-stopped';
import { startDeviceListener } from '../../../support/device-listener';
import { makeInstallation } from '../../../support/installation';
import { temporaryFolder } from '../../../support/programs';

/** Nobody listens there. */
const nobody = { ADMIN_HOST: '127.0.83.1', ADMIN_PORT: '1', DEVICE_HOST: '127.0.83.1', DEVICE_PORT: '2' };

let healthy: string;

beforeAll(async () => {
  ({ folder: healthy } = await makeInstallation());
});

interface Installation {
  readonly folder: string;
  readonly at: (...names: string[]) => string;
  readonly doctor: (args?: readonly string[], run?: Partial<CliRun>) => Promise<CliResult>;
  /** What it found, as `severity check` and the finding. */
  readonly findings: (...args: string[]) => Promise<ReturnType<typeof read>>;
  readonly sql: (statement: string) => void;
}

async function install(env: Readonly<Record<string, string>> = nobody): Promise<Installation> {
  const folder = await temporaryFolder();
  await copyStopped(healthy, folder);
  const at = (...names: string[]) => path.join(folder, ...names);
  const doctor: Installation['doctor'] = (args = [], run = {}) =>
    runCommand(['doctor', ...args], { cwd: folder, env, ...run });
  return {
    folder,
    at,
    doctor,
    findings: async (...args) => read(await doctor(['--json', ...args])),
    sql: (statement) => {
      const sqlite = new Sqlite(at('data', 'server.db'));
      sqlite.exec(statement);
      sqlite.close();
    },
  };
}

function read({ code, stdout }: CliResult) {
  const { ok, findings, skipped } = doctorJson.parse(JSON.parse(stdout));
  expect(code).toBe(ok ? 0 : 1);
  for (const { message, remedy } of findings) expect([message, remedy]).not.toContain('');
  return { findings: findings.map(({ severity, check }) => `${severity} ${check}`), skipped, all: findings };
}

/** Every file with its mode, its times and what is in it. */
async function picture(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const stats = await lstat(file);
      const content = stats.isFile() ? await readFile(file) : '';
      return [name, stats.mode, stats.mtimeMs, createHash('sha256').update(content).digest('hex')].join(' ');
    }),
  );
}

describe('doctor, with the server stopped', () => {
  it('reports nothing of a healthy installation, and changes nothing', async () => {
    const { folder, doctor, findings } = await install();
    const before = await picture(folder);
    expect(await findings()).toMatchObject({
      findings: [],
      skipped: [
        {
          check: 'ports',
          code: 'no-server',
          reason: expect.stringMatching(/^no server is running/) as string,
        },
      ],
    });
    const told = await doctor();
    expect(told).toMatchObject({ code: 0, stdout: '' });
    expect(told.stderr).toContain('no server is running here');
    expect(await picture(folder)).toEqual(before);
  });

  it('says what is wrong, then what to do', async () => {
    const { at, doctor } = await install();
    await chmod(at('certs', 'ca.key'), 0o644);
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toBe(
      `error: certs/ca.key: other users can read this key\n  chmod 600 ${at('certs', 'ca.key')}\n`,
    );
  });

  it('ends with 0 when nothing is worse than a warning', async () => {
    const { at, findings } = await install();
    await chmod(at('data'), 0o755);
    expect((await findings()).findings).toEqual(['warning modes']);
  });

  it.each<[string, string, (installation: Installation) => Promise<unknown>]>([
    ['a key that others may read', 'error certificates', ({ at }) => chmod(at('certs', 'ca.key'), 0o644)],
    ['a lost server key', 'error certificates', ({ at }) => rm(at('certs', 'server.key'))],
    ['a data folder that others may write to', 'error modes', ({ at }) => chmod(at('data'), 0o777)],
    ['a database that others may read', 'warning modes', ({ at }) => chmod(at('data', 'server.db'), 0o644)],
    ['a lost bundle', 'error bundles', ({ at }) => rm(at('data', 'bundles', 'bundle.raucb'))],
    [
      'a bundle cut short',
      'error bundles',
      ({ at }) => truncate(at('data', 'bundles', 'bundle.raucb'), 1_000),
    ],
    [
      'a file that is not a bundle of the server',
      'warning bundles',
      ({ at }) => writeFile(at('data', 'bundles', 'stray.raucb'), 'stray'),
    ],
    ['a lost database', 'error database', ({ at }) => rm(at('data', 'server.db'))],
    [
      'a database that is none',
      'error database',
      ({ at }) => writeFile(at('data', 'server.db'), Buffer.alloc(8_192, 'x')),
    ],
    ['a database with a bad page', 'error database', ({ at }) => spoilPage(at('data', 'server.db'))],
  ])('finds %s', async (_, expected, spoil) => {
    const installation = await install();
    await spoil(installation);
    expect((await installation.findings()).findings).toContain(expected);
  });

  it('finds a data folder that is not there, and says where it looked', async () => {
    const { at, findings } = await install();
    await rename(at('data'), at('elsewhere'));
    const { all } = await findings();
    expect(all).toContainEqual(expect.objectContaining({ check: 'modes', subject: at('data') }));
  });

  it('finds a bundle with other bytes of the same size, unless it has to be quick', async () => {
    const { at, findings } = await install();
    const file = at('data', 'bundles', 'bundle.raucb');
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
    await writeFile(file, bytes);
    expect((await findings()).findings).toEqual(['error bundles']);
    const quick = await findings('--quick');
    expect(quick.findings).toEqual([]);
    expect(quick.skipped.map(({ check }) => check)).toContain('bundles');
  });

  it('finds a database that is a link to somewhere else', async () => {
    const { at, findings } = await install();
    await rename(at('data', 'server.db'), at('server.db'));
    await symlink(at('server.db'), at('data', 'server.db'));
    expect((await findings()).findings).toEqual(expect.arrayContaining(['error modes', 'error database']));
  });

  it('finds a database of a newer version', async () => {
    const { sql, findings } = await install();
    sql('PRAGMA user_version = 9999');
    expect((await findings()).findings).toEqual(['error versions']);
  });

  it('finds a clock before the last line of the journal', async () => {
    const { doctor } = await install();
    const now = () => new Date('2025-12-01T00:00:00.000Z');
    const { findings } = read(
      await doctor(['--json'], {
        wiring: { doctor: (config, request) => examine(config, { ...request, now }) },
      }),
    );
    expect(findings).toContain('error clock');
  });

  it('finds a name that devices asked for recently and the certificate misses', async () => {
    const { sql, findings } = await install();
    sql(
      "INSERT INTO asked_names VALUES ('updates.example.com', '2026-11-23T00:00:00.000Z'), ('old.example.com', '2026-10-01T00:00:00.000Z'), ('localhost', '2026-11-23T00:00:00.000Z')",
    );
    const { all } = await findings();
    expect(all).toMatchObject([
      {
        check: 'names',
        message: expect.stringContaining('updates.example.com') as string,
        remedy: 'Add it: cert server --name updates.example.com --force.',
        reason: 'asked-name-not-covered',
        parameters: { host: 'updates.example.com' },
      },
    ]);
  });

  it('finds a SERVER_URL that the certificate does not cover', async () => {
    const { findings } = await install({ ...nobody, SERVER_URL: 'https://192.0.2.7:8443' });
    expect((await findings()).findings).toEqual(['error names']);
  });

  it('shows people at a terminal how far it is with the bundles, and scripts nothing of it', async () => {
    const { doctor } = await install();
    expect((await doctor([], { isTerminal: true })).stderr).toContain('hashing bundles');
    expect((await doctor(['--json'], { isTerminal: true })).stderr).toBe('');
  });
});

describe('doctor, with a server running', () => {
  const stops: (() => unknown)[] = [];
  afterAll(() => Promise.all(stops.map((stop) => stop())));

  /** An admin listener, as far as doctor asks it. */
  async function answering(status: number, body: object): Promise<number> {
    const server = http.createServer((_request, response) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  async function running(health: object = { status: 'ok', version }, status = 200) {
    const folder = await temporaryFolder();
    await copyStopped(healthy, folder);
    const at = (...names: string[]) => path.join(folder, ...names);
    const named: string[] = [];
    const listener = await startDeviceListener({
      certsDir: at('certs'),
      dataDir: at('data'),
      now: () => cliNow,
      change: { noteName: (name) => named.push(name) },
    });
    const env = {
      ...nobody,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: String(await answering(status, health)),
      DEVICE_HOST: '127.0.0.1',
      DEVICE_PORT: new URL(listener.url).port,
    };
    const findings = async (more: Readonly<Record<string, string>> = {}) =>
      read(await runCommand(['doctor', '--json'], { cwd: folder, env: { ...env, ...more } }));
    return { at, listener, env, findings, named };
  }

  it('reports nothing of a healthy installation, and leaves no device and no name behind', async () => {
    const { at, findings, listener, named } = await running();
    expect(await findings()).toMatchObject({ findings: [], skipped: [] });
    await listener.services.runHousekeeping();
    const sqlite = new Sqlite(at('data', 'server.db'));
    expect(sqlite.prepare('SELECT id FROM devices').all([])).toEqual([]);
    sqlite.close();
    // No certificate has this name, so that it is not kept among those that devices use.
    expect(named).toEqual(['doctor.invalid']);
  });

  it('reports nothing where the key of the CA is elsewhere, and says what it could not try', async () => {
    const { at, findings } = await running();
    await rm(at('certs', 'ca.key'));
    expect(await findings()).toMatchObject({ findings: [], skipped: [{ check: 'handshake' }] });
  });

  it('finds a certificate on the disk that the server does not show', async () => {
    const { at, findings } = await running();
    const certificates = openCertificateFolder(at('certs'), { now: () => cliNow });
    await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'], force: true });
    expect((await findings()).findings).toEqual(['warning handshake']);
  });

  it('finds a server that trusts another CA than the one in the folder', async () => {
    const { at, findings } = await running();
    const certificates = openCertificateFolder(at('other-ca'), { now: () => cliNow });
    await certificates.createCa({});
    await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
    const { all } = await findings({ CERTS_DIR: at('other-ca') });
    expect(all.filter(({ check }) => check === 'handshake').map(({ severity }) => severity)).toEqual([
      'error',
      'warning',
      'error',
    ]);
  });

  it('finds another program on the port of the admin listener', async () => {
    const { findings } = await running({ hello: 'world' }, 404);
    expect((await findings()).findings).toEqual(['error ports']);
  });

  it('finds a program without TLS on the port of the device listener', async () => {
    const { env, findings } = await running();
    expect((await findings({ DEVICE_PORT: String(await answering(200, {})) })).findings).toEqual([
      'error ports',
    ]);
    expect(env.DEVICE_PORT).not.toBe('');
  });

  it('finds a device listener that does not answer while the other does', async () => {
    const { findings } = await running();
    expect((await findings({ DEVICE_HOST: '127.0.83.1', DEVICE_PORT: '2' })).findings).toEqual([
      'error ports',
    ]);
  });

  it('finds a server of another version than its own', async () => {
    const { findings } = await running({ status: 'ok', version: '0.0.1' });
    expect((await findings()).findings).toEqual(['warning versions']);
  });

  it('finds a proxy that ends TLS where SERVER_URL leads to', async () => {
    const { findings } = await running();
    const other = await startDeviceListener();
    const url = `https://localhost:${new URL(other.url).port}`;
    expect((await findings({ SERVER_URL: url })).findings).toEqual(['error proxies']);
  });

  it('reports nothing of a SERVER_URL that leads to the server itself', async () => {
    const { env, findings } = await running();
    expect((await findings({ SERVER_URL: `https://localhost:${env.DEVICE_PORT}` })).findings).toEqual([]);
  });
});

/** Overwrites a page that is not a root of the schema. */
async function spoilPage(file: string): Promise<void> {
  const sqlite = new Sqlite(file);
  const [row] = sqlite
    .prepare("SELECT rootpage AS page FROM sqlite_master WHERE name = 'events'")
    .all([]) as {
    page: number;
  }[];
  sqlite.close();
  const bytes = await readFile(file);
  bytes.fill(0xff, ((row?.page ?? 2) - 1) * 4_096, (row?.page ?? 2) * 4_096);
  await writeFile(file, bytes);
}
