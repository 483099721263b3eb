import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { type Answer, connectDevice, type DeviceClient } from '../support/device-client';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

/** What devices and people get while PostgreSQL is away, and after it is back. */
let postgres: Postgres;
let folder: string;
let bundle: MadeBundle;
let server: ServerProcess;
let device: DeviceClient;

const manifest = '/api/v1/manifest.json?compatible=test-board';
const connect = () => {
  const own = path.join(folder, 'certs/devices/board-1');
  const ca = path.join(folder, 'certs/ca.crt');
  return connectDevice(server.deviceUrl, { cert: `${own}.crt`, key: `${own}.key`, ca }, 'HTTP/2');
};
const report = (client: DeviceClient) =>
  client.request('/api/v1/status', { 'content-type': 'application/json' }, 'POST', '{"state":"installing"}');
const outcome = ({ status, headers }: Answer) => [status, headers['retry-after']];

beforeAll(async () => {
  postgres = await startPostgres();
  folder = await temporaryFolder();
  bundle = await makeBundle({ version: '2.0.0' });
  const env = { DATABASE_URL: await postgres.create('updates'), BUNDLE_KEYRING: bundle.keyringPath };
  server = await startServer({ folder, env });
  const command = (...args: string[]) =>
    mustRun(process.execPath, [entryPoint, ...args], { cwd: folder, env });
  await command('cert', 'device', 'board-1');
  await command(
    'bundle',
    'upload',
    bundle.path,
    '--name',
    'v2.raucb',
    '--activate',
    '--server',
    server.adminUrl,
  );
  device = await connect();
});

it('goes on with downloads, has polls and reports come again, and recovers without a restart', async () => {
  const offered = await device.request(manifest);
  expect(offered.status).toBe(200);
  const { bundle_url: url, sha256 } = JSON.parse(offered.body.toString()) as {
    bundle_url: string;
    sha256: string;
  };
  expect(sha256).toBe(bundle.sha256);
  const { pathname } = new URL(url);
  const content = await readFile(bundle.path);
  const expectRange = async (client: DeviceClient, from: number) => {
    const piece = await client.request(pathname, { range: `bytes=${from}-${from + 4095}` });
    expect(piece.status).toBe(206);
    expect(piece.body.equals(content.subarray(from, from + 4096))).toBe(true);
  };

  await postgres.stop();
  await expectRange(device, 0); // of a file that was never read before
  const late = await connect();
  await expectRange(late, 4096);
  expect(outcome(await late.request(manifest))).toEqual([503, '10']);
  expect(outcome(await report(device))).toEqual([503, '10']);
  const people = await fetch(`${server.adminUrl}/api/devices`);
  expect([people.status, people.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await people.json()).toMatchObject({ code: 'unavailable', reason: 'database-away' });
  expect((await fetch(`${server.adminUrl}/health`)).status).toBe(503);

  await postgres.start();
  await eventually(async () => (await device.request(manifest)).status === 200);
  await eventually(async () => (await report(device)).status < 300);
  await eventually(async () => (await fetch(`${server.adminUrl}/health`)).status === 200);
  expect(server.process.exitCode).toBeNull();
});
