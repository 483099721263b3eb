import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import {
  type ClientFiles,
  deviceFiles,
  type DeviceListener,
  startDeviceListener,
} from '../support/device-listener';
import { eventually } from '../support/eventually';
import { raucSid, run, temporaryFolder } from '../support/programs';
import { streamingConf } from '../support/streaming-conf';

let listener: DeviceListener;
let files: ClientFiles;
let bundle: MadeBundle;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  bundle = await makeBundle({ imageSizeBytes: 16 << 20, version: '3.1.0' });
  listener = await startDeviceListener();
  await listener.publish(bundle.path, { activate: true });
  files = await listener.device('board-1');
  url = `${listener.url}/bundles/bundle.raucb`;
});

const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

const pollUrl = () => `${listener.url}/api/v1/update.raucb`;
const pinnedPath = () => `/bundles/${bundle.sha256}/bundle.raucb`;
const requestsSince = (line: number) =>
  listener.lines
    .slice(line)
    .filter(({ message }) => message === 'request')
    .map(({ facts }) => [facts['status'], facts['target']]);

function curl(...args: string[]) {
  return run('curl', [
    '-sS',
    '--fail',
    '--cacert',
    files.ca,
    '--cert',
    files.cert,
    '--key',
    files.key,
    ...args,
  ]);
}

describe('curl', () => {
  it.each([
    ['--http1.1', '1.1'],
    ['--http2', '2'],
  ])('downloads a bundle with %s', async (protocol, version) => {
    const target = path.join(folder, `whole${protocol}`);
    const { stdout } = await curl(protocol, '-o', target, '-w', '%{http_version} %{http_code}', url);
    expect(stdout).toBe(`${version} 200`);
    expect(await sha256(target)).toBe(bundle.sha256);
  });

  it.each(['--http1.1', '--http2'])(
    "follows the poller's address to the bytes, with %s",
    async (protocol) => {
      // One that tells no version and no boot gets a bundle once from the poller's address: each has a device of its own.
      files = await listener.device(`polled${protocol}`);
      const target = path.join(folder, `polled${protocol}`);
      const told = await curl(
        protocol,
        '-L',
        '-o',
        target,
        '-w',
        '%{num_redirects} %{url_effective}',
        pollUrl(),
      );
      expect(told.stdout).toBe(`1 ${listener.url}${pinnedPath()}`);
      expect(await sha256(target)).toBe(bundle.sha256);
    },
  );

  it("keeps what it has when the poller's address tells it so", async () => {
    files = await listener.device('knows-it');
    const known = ['-H', `If-None-Match: "${bundle.sha256}"`];
    expect((await curl('-L', ...known, '-w', '%{http_code} %{size_download}', pollUrl())).stdout).toBe(
      '304 0',
    );
  });

  it.each(['--http1.1', '--http2'])('goes on with a download that was cut, with %s', async (protocol) => {
    const target = path.join(folder, `cut${protocol}`);
    const cut = await curl(protocol, '-o', target, '-r', '0-5999999', url);
    expect(cut.code).toBe(0);
    const rest = await curl(protocol, '-o', target, '-C', '-', '-w', '%{http_code} %{size_download}', url);
    expect(rest.stdout).toBe(`206 ${bundle.sizeBytes - 6_000_000}`);
    expect(await sha256(target)).toBe(bundle.sha256);
  });

  it.each(['--http1.1', '--http2'])(
    'goes on with a download that the end of the server cut, at a new one, with %s',
    async (protocol) => {
      const first = await startDeviceListener();
      await first.publish(bundle.path);
      files = await first.device('board-1');
      const { port } = first.server.address;
      const target = path.join(folder, `restart${protocol}`);
      const address = `${first.url}/bundles/bundle.raucb`;
      const cut = curl(protocol, '-o', target, '--limit-rate', '8M', address);
      await eventually(() =>
        stat(target).then(
          ({ size }) => size > 0,
          () => false,
        ),
      );
      await first.close();
      expect((await cut).code).not.toBe(0);
      const received = (await stat(target)).size;
      expect(received).toBeLessThan(bundle.sizeBytes);
      await startDeviceListener({ certsDir: first.certsDir, dataDir: first.dataDir, change: { port } });
      const rest = await curl(protocol, '-o', target, '-C', '-', '-w', '%{size_download}', address);
      expect(rest).toMatchObject({ code: 0, stdout: `${bundle.sizeBytes - received}` });
      expect(await sha256(target)).toBe(bundle.sha256);
    },
  );

  it('asks again with If-None-Match and keeps what it has', async () => {
    const etag = path.join(folder, 'etag');
    const manifest = `${listener.url}/api/v1/manifest.json`;
    files = deviceFiles(listener.certsDir, 'board-1');
    expect((await curl('--etag-save', etag, '-o', '/dev/null', '-w', '%{http_code}', manifest)).stdout).toBe(
      '200',
    );
    const again = await curl('--etag-compare', etag, '-o', '/dev/null', '-w', '%{http_code}', manifest);
    expect(again.stdout).toBe('304');
  });
});

describe('RAUC 1.15', () => {
  const info = async (address: string, ...tls: string[]) =>
    run(raucSid, [
      'info',
      ...[
        `--conf=${await streamingConf(folder)}`,
        `--keyring=${bundle.keyringPath}`,
        '--output-format=json-2',
      ],
      ...tls,
      address,
    ]);
  const credentials = () => [`--tls-cert=${files.cert}`, `--tls-key=${files.key}`, `--tls-ca=${files.ca}`];

  beforeAll(async () => {
    files = await listener.device('rauc-1');
  });

  it('reads a bundle in three requests over HTTP/2', async () => {
    const before = listener.server.counts().requests;
    const { stdout, stderr, code } = await info(url, ...credentials());
    expect({ code, warning: /HTTP\/1/.test(stderr) }).toEqual({ code: 0, warning: false });
    expect(JSON.parse(stdout)).toMatchObject({ update: { version: '3.1.0' } });
    expect(listener.server.counts().requests - before).toBe(3);
  });

  it('reads it at the pinned address, too', async () => {
    const pinned = `${listener.url}/bundles/${bundle.sha256}/bundle.raucb`;
    expect((await info(pinned, ...credentials())).code).toBe(0);
  });

  it("reads it through the poller's address, in one hop, and asks the pinned one for the rest", async () => {
    const before = listener.lines.length;
    const { stdout, code } = await info(pollUrl(), ...credentials());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ update: { version: '3.1.0' } });
    expect(requestsSince(before)).toEqual([
      [307, '/api/v1/update.raucb'],
      [206, pinnedPath()],
      [206, pinnedPath()],
      [206, pinnedPath()],
    ]);
  });

  it('reports the manifest hash that the API tells', async () => {
    const { stdout } = await info(pollUrl(), ...credentials());
    const manifest = await curl(`${listener.url}/api/v1/manifest.json`);
    const { manifest_hash: hash } = JSON.parse(manifest.stdout) as Record<string, string>;
    expect(JSON.parse(stdout)).toMatchObject({ 'manifest-hash': hash });
  });

  it('tells of itself in headers, which are known then', async () => {
    const handler = path.join(folder, 'system-info');
    const lines = ['#!/bin/sh', 'echo RAUC_SYSTEM_VERSION=1.0.0', 'echo RAUC_HTTP_BATTERY_LEVEL=80'];
    await writeFile(handler, `${lines.join('\n')}\n`, { mode: 0o755 });
    const conf = await streamingConf(await temporaryFolder(), [
      'send-headers=boot-id;machine-id;uptime;system-version',
      '',
      '[handlers]',
      `system-info=${handler}`,
    ]);
    const { code } = await info(pollUrl(), `--conf=${conf}`, ...credentials());
    expect(code).toBe(0);
    expect((await listener.services.manageDevices.get('rauc-1')).device.facts).toMatchObject({
      bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
      systemVersion: '1.0.0',
      attributes: { 'battery-level': '80' },
    });
  });

  it('takes 204 for an answer, without trying again', async () => {
    const { manageDevices } = listener.services;
    const person = { name: 'local', address: null };
    await manageDevices.hold('rauc-1', 'on a desk', person);
    const before = listener.lines.length;
    expect((await info(pollUrl(), ...credentials())).code).toBe(1);
    expect(requestsSince(before)).toEqual([[204, '/api/v1/update.raucb']]);
    await manageDevices.liftHold('rauc-1', person);
  });

  it('fails at once, without trying again, for a bundle that is not there', async () => {
    const before = listener.server.counts().requests;
    const { code } = await info(`${listener.url}/bundles/other.raucb`, ...credentials());
    expect(code).toBe(1);
    expect(listener.server.counts().requests - before).toBe(1);
  });

  it('gets nothing without a certificate', async () => {
    const { requests, refusedConnections } = listener.server.counts();
    const { code } = await info(url, `--tls-ca=${files.ca}`);
    expect(code).toBe(1);
    expect(listener.server.counts().requests).toBe(requests);
    expect(listener.server.counts().refusedConnections).toBeGreaterThan(refusedConnections);
  });
});

describe('RAUC 1.8 as Debian 12 packages it', () => {
  it('has no client certificate and gets nothing over the network', async () => {
    const { requests, refusedConnections } = listener.server.counts();
    const { code } = await run('rauc', [`--keyring=${bundle.keyringPath}`, 'info', url]);
    expect(code).toBe(1);
    expect(listener.server.counts().requests).toBe(requests);
    expect(listener.server.counts().refusedConnections).toBe(refusedConnections + 1);
  });

  it('takes what curl downloaded', async () => {
    files = deviceFiles(listener.certsDir, 'board-1');
    const target = path.join(folder, 'for-1.8.raucb');
    expect((await curl('-o', target, url)).code).toBe(0);
    const { code, stdout } = await run('rauc', [
      ...[`--keyring=${bundle.keyringPath}`, 'info', '--output-format=json', target],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: '3.1.0' });
  });
});
