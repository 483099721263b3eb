import { createPrivateKey, X509Certificate } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

jest.setTimeout(120_000);

/** Servers on one PostgreSQL, each with a copy of the certificates that it cannot write. */
let postgres: Postgres;
let folder: string;
let url: string;
let a: ServerProcess;
let b: ServerProcess;

const of = (...names: string[]) => path.join(folder, ...names);

/** Mounts the folder of certificates read-only, which no one else sees, and runs a server. */
const readOnly = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  '--mount',
  ...['sh', '-ec', 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"'],
];
const start = (name: string, within = [...readOnly, of(name, 'certs')]) =>
  startServer({ folder: of(name), env: { DATABASE_URL: url }, within });

async function post(server: ServerProcess, at: string, body: object) {
  const answer = await fetch(`${server.adminUrl}${at}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
}
const issue = async (server: ServerProcess, body: object) => {
  const { status, bytes } = await post(server, '/api/certificates', body);
  const answer = JSON.parse(bytes.toString()) as {
    readonly serial: string;
    readonly certificate: string;
    readonly code: string;
    readonly remedy: string;
  };
  return { status, ...answer };
};
const get = async (server: ServerProcess, at: string) =>
  (await (await fetch(`${server.adminUrl}${at}`)).json()) as Record<string, unknown>;
const listed = async (server: ServerProcess, search = '') =>
  (await get(server, `/api/certificates?limit=500&search=${search}`))['devices'] as readonly {
    readonly device: string;
    readonly serial: string;
    readonly revoked_at: string | null;
  }[];
const attention = async (server: ServerProcess) =>
  (await get(server, '/api/overview'))['attention'] as readonly {
    readonly kind: string;
    readonly message: string;
  }[];
const command = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = { DATABASE_URL: url }) =>
  mustRun(process.execPath, [entryPoint, ...args], { cwd: of(name), env });

/** What a device finds in its kit. */
async function kit(server: ServerProcess, device: string, body: object = {}) {
  const { status, bytes } = await post(server, `/api/devices/${device}/kit`, {
    server_url: server.deviceUrl,
    ...body,
  });
  expect([status, bytes.subarray(0, 2).toString('hex')]).toEqual([200, '1f8b']);
  const into = await temporaryFolder();
  await mustRun('tar', ['-xz', '-C', into], { input: bytes });
  const found = await readdir(into, { recursive: true });
  const file = (name: string) => path.join(into, found.find((one) => path.basename(one) === name) ?? name);
  return { cert: file('device.crt'), key: file('device.key'), ca: file('ca.crt') };
}
async function getsIn(server: ServerProcess, { cert, key, ca }: Awaited<ReturnType<typeof kit>>) {
  const tls = ['--cacert', ca, '--cert', cert, '--key', key];
  return (await run('curl', ['-sS', '--fail', ...tls, `${server.deviceUrl}/health`])).code === 0;
}

beforeAll(async () => {
  postgres = await startPostgres();
  folder = await temporaryFolder();
  url = await postgres.create('updates');
  await mustRun('mkdir', [of('a'), of('b'), of('other')]);
});

it('a first start on an empty folder makes what all servers need, and no other server makes another CA', async () => {
  a = await start('a', []);
  expect((await readdir(of('a', 'certs'))).filter((name) => !name.startsWith('.')).sort()).toEqual(
    ['ca.crt', 'ca.key', 'device-tokens.key', 'server.crt', 'server.key'].sort(),
  );
  await expect(start('other', [])).rejects.toThrow(/servers on this database have theirs/);
  expect((await readdir(of('other', 'certs'))).filter((name) => !name.startsWith('.'))).toEqual([]);
  await a.stop();
});

it('runs with folders that cannot be written, and takes the log of each in once', async () => {
  await cp(of('a', 'certs'), of('b', 'certs'), { recursive: true });
  for (const name of ['a', 'b']) await command(name, ['cert', 'device', `logged-${name}`], {});
  await appendFile(of('b', 'certs/issued.jsonl'), '{"serial":"5f3a","torn');
  for (let round = 0; round < 2; round += 1) {
    a = await start('a');
    b = await start('b');
    for (const server of [a, b])
      expect((await listed(server, 'logged')).map(({ device }) => device)).toEqual(['logged-a', 'logged-b']);
    if (round === 0) await Promise.all([a.stop(), b.stop()]);
  }
});

it('lists on one server at once what another one issues, and makes its kit there', async () => {
  const before = await filesOf('a');
  const issued = await issue(a, { id: 'board-1' });
  expect(issued.status).toBe(201);
  expect(await listed(b, 'board-1')).toMatchObject([{ serial: issued.serial, has_file: true }]);
  const made = await kit(b, 'board-1');
  const certificate = new X509Certificate(await readFile(made.cert));
  expect(certificate.fingerprint256).toBe(new X509Certificate(issued.certificate).fingerprint256);
  expect(certificate.checkPrivateKey(createPrivateKey(await readFile(made.key)))).toBe(true);
  expect(await getsIn(a, made)).toBe(true);
  const own = await kit(b, 'board-2');
  expect(await getsIn(a, own)).toBe(true);
  expect(await filesOf('a')).toEqual(before);
  const [stored] = await postgres.run(
    "SELECT * FROM issued_certificates WHERE common_name = 'board-1'",
    'updates',
  );
  expect(JSON.stringify(stored)).toContain('BEGIN CERTIFICATE');
  expect(JSON.stringify(stored)).not.toContain('PRIVATE KEY');
  await command('a', ['cert', 'revoke', 'board-1']);
  await eventually(async () => !(await getsIn(b, made)));
});

it('issues one certificate for a device of which two servers are asked at once', async () => {
  const devices = Array.from({ length: 8 }, (_, at) => `asked-twice-${at}`);
  const answers = await Promise.all(
    devices.map(async (id) => Promise.all([a, b].map(async (server) => issue(server, { id })))),
  );
  for (const both of answers) expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(await listed(a, 'asked-twice')).toHaveLength(devices.length);
  expect(await issue(b, { id: 'asked-twice-0', force: true })).toMatchObject({ status: 201 });
  expect(await issue(b, { id: 'logged-a' })).toMatchObject({ status: 409, code: 'conflict' });
});

it('records what commands issue, too, and lists what is about to expire on every server', async () => {
  await command('a', ['cert', 'device', 'by-command', '--days', '20']);
  expect(await listed(b, 'by-command')).toHaveLength(1);
  expect(await readFile(of('a', 'certs/issued.jsonl'), 'utf8')).not.toContain('by-command');
  for (const server of [a, b])
    expect((await attention(server)).find(({ kind }) => kind === 'certificate-expiring')?.message).toMatch(
      /by-command/,
    );
});

it('hands out no certificate that is not recorded when it is killed', async () => {
  const received: string[] = [];
  const asking = Array.from({ length: 40 }, async (_, at) => {
    const answer = await issue(a, { id: `before-kill-${at}` }).catch(() => undefined);
    if (answer?.status === 201) received.push(answer.serial);
  });
  await eventually(() => received.length >= 3);
  await a.stop('SIGKILL');
  await Promise.all(asking);
  const known = new Set((await listed(b, 'before-kill')).map(({ serial }) => serial));
  expect(received.filter((serial) => !known.has(serial))).toEqual([]);
  a = await start('a');
});

it('issues nothing while the database is away', async () => {
  await postgres.stop();
  expect((await post(a, '/api/certificates', { id: 'away' })).status).toBe(503);
  expect((await cli(of('a'), 'cert', 'device', 'away', '--out', of('away'))).code).toBe(0); // not shared
  const shared = { cwd: of('a'), env: { DATABASE_URL: url } };
  const refused = await run(
    process.execPath,
    [entryPoint, 'cert', 'device', 'away', '--out', of('not')],
    shared,
  );
  expect(refused.code).not.toBe(0);
  expect(await readdir(of('not')).catch(() => [])).toEqual([]);
  await postgres.start();
  await eventually(async () => (await fetch(`${b.adminUrl}/health`)).status === 200);
  expect(await listed(b, 'away')).toEqual([]);
});

it('says how to make the key that seals the keys of devices, if there is none', async () => {
  await rename(of('a', 'certs/device-tokens.key'), of('a', 'kept.key'));
  const refused = await issue(a, { id: 'unsealed' });
  expect(refused.status).toBe(500);
  expect(refused.remedy).toContain('openssl rand -hex 32 >');
  const request = await mustRun('openssl', [
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', of('csr.key'), '-subj', '/CN=with-request'],
  ]);
  expect(await issue(a, { id: 'with-request', csr: request.stdout })).toMatchObject({ status: 201 });
  await rename(of('a', 'kept.key'), of('a', 'certs/device-tokens.key'));
  expect(await listed(a, 'unsealed')).toEqual([]);
});

it('does not renew the server certificate, says how to, and uses the new files without a restart', async () => {
  await command('a', ['cert', 'server', '--days', '20', '--force']);
  const short = await readFile(of('a', 'certs/server.crt'), 'utf8');
  await postgres.run(
    "UPDATE issued_certificates SET issued_at = '2020-01-01T00:00:00.000Z' WHERE role = 'server'",
    'updates',
  );
  await a.stop();
  a = await start('a', []); // it could write there
  await eventually(async () =>
    (await attention(a)).some(
      ({ kind, message }) =>
        kind === 'server-certificate-expiring' && message.includes('cert server --force'),
    ),
  );
  expect(await readFile(of('a', 'certs/server.crt'), 'utf8')).toBe(short);
  await a.stop();
  a = await start('a');
  await command('a', ['cert', 'server', '--force']);
  const renewed = new X509Certificate(await readFile(of('a', 'certs/server.crt')));
  await eventually(async () => (await shownSerial(a)) === renewed.serialNumber);
  await eventually(async () =>
    (await attention(a)).every(({ kind }) => kind !== 'server-certificate-expiring'),
  );
});

it('are in the log again when the installation goes back to SQLite', async () => {
  const known = (await listed(b)).map(({ serial }) => serial);
  await Promise.all([a.stop(), b.stop()]);
  await command('a', ['move', '--to', 'sqlite', '--to-data-dir', 'data-back']);
  for (let round = 0; round < 2; round += 1) {
    const back = await startServer({ folder: of('a'), env: { DATA_DIR: 'data-back' } });
    expect((await listed(back)).map(({ serial }) => serial).sort()).toEqual([...known].sort());
    await back.stop();
  }
  const lines = (await readFile(of('a', 'certs/issued.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
});

/** Names and contents of all files of a folder of certificates. */
async function filesOf(name: string) {
  const names = await readdir(of(name, 'certs'), { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
  return Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'utf8')]));
}

/** The serial of the certificate that the server shows to who connects now. */
async function shownSerial(server: ServerProcess): Promise<string> {
  const { port } = new URL(server.deviceUrl);
  const { stdout } = await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`]);
  const serial = await mustRun('openssl', ['x509', '-noout', '-serial'], { input: stdout });
  return serial.stdout.trim().replace('serial=', '');
}
