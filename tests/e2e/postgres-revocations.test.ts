import { existsSync } from 'node:fs';
import path from 'node:path';
import { connectDevice, type DeviceClient } from '../support/device-client';
import { eventually } from '../support/eventually';
import { startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

/** A server on PostgreSQL, whose database has the revocations. */
let folder: string;
let url: string;
let server: ServerProcess;

const command = async (args: readonly string[], env: NodeJS.ProcessEnv = { DATABASE_URL: url }) =>
  (await mustRun(process.execPath, [entryPoint, ...args], { cwd: folder, env })).stdout;
const file = (name: string) => path.join(folder, 'certs', name);
const filesOf = (device: string) => ({
  cert: file(`devices/${device}.crt`),
  key: file(`devices/${device}.key`),
  ca: file('ca.crt'),
});

async function openConnection(device: string): Promise<DeviceClient> {
  const client = await connectDevice(server.deviceUrl, filesOf(device), 'HTTP/2');
  expect(await works(client)).toBe(true);
  return client;
}
const works = (client: DeviceClient) =>
  client.request('/api/v1/manifest.json?compatible=a').then(
    ({ status }) => status === 200,
    () => false,
  );
async function getsIn(device: string): Promise<boolean> {
  const { cert, key, ca } = filesOf(device);
  const tls = ['--cacert', ca, '--cert', cert, '--key', key];
  return (await run('curl', ['-sS', '--fail', ...tls, `${server.deviceUrl}/health`])).code === 0;
}
const listed = async (env?: NodeJS.ProcessEnv) => {
  const { revoked } = JSON.parse(await command(['cert', 'revoked', '--json'], env)) as {
    revoked: readonly { readonly common_name: string }[];
  };
  return revoked.map(({ common_name: name }) => name);
};

beforeAll(async () => {
  const postgres = await startPostgres();
  folder = await temporaryFolder();
  url = await postgres.create('updates');
  server = await startServer({ folder, env: { DATABASE_URL: url } });
  for (const device of ['by-command', 'by-api', 'in-file', 'good'])
    await command(['cert', 'device', device], {});
});

it('are made by commands and by people, are in force at once, and change nothing in certs/', async () => {
  const [first, second, good] = await Promise.all(['by-command', 'by-api', 'good'].map(openConnection));
  if (first === undefined || second === undefined || good === undefined) throw new Error('three are open');
  await command(['cert', 'revoke', 'by-command', '--reason', 'lost']);
  await eventually(async () => !(await works(first)));
  expect(await getsIn('by-command')).toBe(false);
  const answer = await fetch(`${server.adminUrl}/api/revocations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ device: 'by-api' }),
  });
  expect(answer.status).toBe(200);
  expect(await works(second)).toBe(false);
  expect(await getsIn('by-api')).toBe(false);
  expect(await works(good)).toBe(true);
  expect(existsSync(file('revoked.json'))).toBe(false);
  expect(await listed()).toEqual(['by-api', 'by-command']);
  expect(await command(['cert', 'list'])).toMatch(/by-command .*revoked/);
});

it('count together with those in certs/, also after a restart', async () => {
  await command(['cert', 'revoke', 'in-file'], {}); // as by a server without a database
  await eventually(async () => !(await getsIn('in-file')));
  await server.stop();
  server = await startServer({ folder, env: { DATABASE_URL: url } });
  for (const device of ['by-command', 'by-api', 'in-file']) expect(await getsIn(device)).toBe(false);
  expect(await getsIn('good')).toBe(true);
  expect(await listed()).toEqual(['in-file', 'by-api', 'by-command']);
});

it('move along when the installation goes back to SQLite', async () => {
  await server.stop();
  expect(await listed({})).toEqual(['in-file']);
  await command(['move', '--to', 'sqlite', '--to-data-dir', 'data-back']);
  server = await startServer({ folder, env: { DATA_DIR: 'data-back' } });
  expect((await listed({})).sort()).toEqual(['by-api', 'by-command', 'in-file']);
  for (const device of ['by-command', 'by-api', 'in-file']) expect(await getsIn(device)).toBe(false);
  expect(await getsIn('good')).toBe(true);
});
