import { rm } from 'node:fs/promises';
import path from 'node:path';
import { connectDevice, type DeviceClient } from '../support/device-client';
import type { ClientFiles } from '../support/device-listener';
import { eventually } from '../support/eventually';
import { run, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

/** Two servers on one `certs/`, and a device whose certificate neither of them made. */
let first: ServerProcess;
let second: ServerProcess;
let folder: string;
let files: ClientFiles;
beforeEach(async () => {
  folder = await temporaryFolder();
  const [elsewhere, other] = [await temporaryFolder(), await temporaryFolder()];
  first = await startServer({ folder });
  expect((await cli(folder, 'cert', 'device', 'far', '--out', elsewhere)).code).toBe(0);
  await rm(path.join(folder, 'certs/issued.jsonl'));
  files = {
    cert: path.join(elsewhere, 'far.crt'),
    key: path.join(elsewhere, 'far.key'),
    ca: path.join(folder, 'certs/ca.crt'),
  };
  second = await startServer({ folder: other, args: ['--certs-dir', path.join(folder, 'certs')] });
});
afterEach(() => Promise.all([first.stop(), second.stop()]));

async function openConnection(server: ServerProcess): Promise<DeviceClient> {
  const client = await connectDevice(server.deviceUrl, files, 'HTTP/2');
  expect((await client.request('/api/v1/manifest.json?compatible=a')).status).toBe(200);
  return client;
}

const works = (client: DeviceClient) =>
  client.request('/health').then(
    ({ status }) => status === 200,
    () => false,
  );

async function getsIn(server: ServerProcess): Promise<boolean> {
  const pair = ['--cacert', files.ca, '--cert', files.cert, '--key', files.key];
  return (await run('curl', ['-sS', '--fail', ...pair, `${server.deviceUrl}/health`])).code === 0;
}

it('over the API of one server is in force when it is answered, and on the other server at once', async () => {
  const [here, there] = [await openConnection(first), await openConnection(second)];
  const answer = await fetch(`${first.adminUrl}/api/revocations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ device: 'far', reason: 'stolen' }),
  });
  expect(answer.status).toBe(200);
  expect(await works(here)).toBe(false);
  expect(await getsIn(first)).toBe(false);
  await eventually(async () => !(await works(there)));
  expect(await getsIn(second)).toBe(false);
});

it('by a command reaches open connections of both servers, and holds after a restart', async () => {
  const [here, there] = [await openConnection(first), await openConnection(second)];
  expect((await cli(folder, 'cert', 'revoke', '--file', files.cert)).code).toBe(0);
  await eventually(async () => !(await works(here)) && !(await works(there)));
  await first.stop();
  first = await startServer({ folder });
  expect(await getsIn(first)).toBe(false);
  expect((await cli(folder, 'cert', 'device', 'far', '--force')).code).toBe(0);
  const base = path.join(folder, 'certs/devices/far');
  files = { ...files, cert: `${base}.crt`, key: `${base}.key` };
  expect(await getsIn(first)).toBe(true);
});
