import https from 'node:https';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../support/cli-harness';
import { type DeviceListener, startDeviceListener } from '../../support/device-listener';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

let cwd: string;
let admin: AdminListener;
let devices: DeviceListener;
beforeAll(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener();
  devices = await startDeviceListener();
});
afterAll(async () => {
  await admin.close();
  await devices.close();
});

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Why a command cannot work with this `--server`. */
async function failureWith(server: string): Promise<Failure> {
  const { code, stdout, stderr } = await runCommand(['bundle', 'list', '--json', '--server', server], {
    cwd,
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return (JSON.parse(stderr) as { error: Failure }).error;
}

describe('a command with the wrong --server', () => {
  it('is told that the server speaks HTTP, and works with what it is told', async () => {
    const { message, remedy } = await failureWith(admin.url.replace('http:', 'https:'));
    expect(message).toContain('speaks HTTP, not HTTPS');
    const [, server = ''] = /--server (\S+)\./.exec(remedy) ?? [];
    expect(await runCommand(['bundle', 'list', '--server', server], { cwd })).toMatchObject({ code: 0 });
  });

  it.each(['http', 'https'])('is told by %s that it met the device listener', async (scheme) => {
    const { message, remedy } = await failureWith(`${scheme}://localhost:${new URL(devices.url).port}`);
    expect(message).toContain('device listener');
    expect(remedy).toContain('admin listener');
  });

  it('is told that the server speaks HTTPS', async () => {
    const [key, cert] = await Promise.all(
      ['server.key', 'server.crt'].map((name) => readFile(path.join(devices.certsDir, name))),
    );
    const server = https.createServer({ ...(key && cert && { key, cert }) }, (_, response) =>
      response.end('{}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { message, remedy } = await failureWith(`http://127.0.0.1:${port}`);
    server.close();
    expect(message).toContain('speaks HTTPS, not HTTP');
    expect(remedy).toContain(`--server https://127.0.0.1:${port}`);
  });

  it('is told that another server answers', async () => {
    const server = http.createServer((_, response) => response.end('<html>welcome</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { message, remedy } = await failureWith(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    server.close();
    expect(message).toContain('so it is not the admin listener');
    expect(remedy).toContain('--server');
  });
});
