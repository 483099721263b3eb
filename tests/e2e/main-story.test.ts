import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { raucSid, run, temporaryFolder } from '../support/programs';
import { streamingConf } from '../support/streaming-conf';
import { cli, type ServerProcess, startServer } from '../support/server-process';

interface Manifest {
  bundle_url: string;
  filename: string;
  sha256: string;
  version: string;
  manifest_hash: string;
  reason?: string;
}

/** curl as the device `id`, with the certificate that `cert device` wrote. */
function deviceCurl(folder: string, id: string, ...args: string[]) {
  const device = path.join(folder, 'certs/devices', id);
  const tls = [
    '--cacert',
    path.join(folder, 'certs/ca.crt'),
    '--cert',
    `${device}.crt`,
    '--key',
    `${device}.key`,
  ];
  return run('curl', ['-sS', '--fail-with-body', ...tls, ...args]);
}

describe('from an empty folder to a device that downloads what was published', () => {
  let folder: string;
  let server: ServerProcess;
  let bundle: MadeBundle;
  const upload = (...args: string[]) =>
    cli(folder, 'bundle', 'upload', '--server', server.adminUrl, '--json', ...args);

  beforeAll(async () => {
    folder = await temporaryFolder();
    bundle = await makeBundle({ compatible: 'my-board', version: '2.0.0', imageSizeBytes: 3 << 20 });
    await copyFile(bundle.path, path.join(folder, 'firmware-2.0.0.raucb'));
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundle.keyringPath } });
    expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('made a CA, a server certificate and its data, for its own user only', async () => {
    expect((await stat(path.join(folder, 'certs/ca.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, 'certs/server.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, 'data'))).mode & 0o777).toBe(0o700);
  });

  it('tells a device that there is nothing to install, and why', async () => {
    const { stdout } = await deviceCurl(
      folder,
      'board-1',
      `${server.deviceUrl}/api/v1/manifest.json?compatible=my-board`,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      bundle_url: '',
      filename: '',
      reason: expect.stringContaining('my-board') as string,
    });
  });

  it('publishes a bundle from the command line, verified against the keyring', async () => {
    const { code, stdout } = await upload('firmware-2.0.0.raucb', '--activate');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      created: true,
      bundle: { name: 'firmware-2.0.0.raucb', sha256: bundle.sha256, verdict: 'trusted', version: '2.0.0' },
      release: { compatible: 'my-board' },
    });
  });

  it('offers it to the device, over HTTP/1.1 and HTTP/2, and the bytes are the bundle', async () => {
    for (const protocol of ['--http1.1', '--http2']) {
      const { stdout } = await deviceCurl(
        folder,
        'board-1',
        protocol,
        `${server.deviceUrl}/api/v1/manifest.json?compatible=my-board`,
      );
      const manifest = JSON.parse(stdout) as Manifest;
      expect(manifest).toMatchObject({
        filename: 'firmware-2.0.0.raucb',
        sha256: bundle.sha256,
        version: '2.0.0',
      });
      const target = path.join(folder, `download${protocol}`);
      const download = await deviceCurl(folder, 'board-1', protocol, '-o', target, manifest.bundle_url);
      expect(download.code).toBe(0);
      expect((await readFile(target)).equals(await readFile(bundle.path))).toBe(true);
    }
  });

  it('is readable for the real rauc program with the client certificate, and the manifest hash agrees', async () => {
    const { stdout } = await deviceCurl(
      folder,
      'board-1',
      `${server.deviceUrl}/api/v1/manifest.json`,
      '-H',
      'X-RAUC-Compatible: my-board',
    );
    const manifest = JSON.parse(stdout) as Manifest;
    const device = path.join(folder, 'certs/devices/board-1');
    const tls = [
      `--tls-cert=${device}.crt`,
      `--tls-key=${device}.key`,
      `--tls-ca=${path.join(folder, 'certs/ca.crt')}`,
    ];
    const info = await run(raucSid, [
      'info',
      `--conf=${await streamingConf(folder)}`,
      ...tls,
      `--keyring=${bundle.keyringPath}`,
      '--output-format=json-2',
      manifest.bundle_url,
    ]);
    expect(info.stderr + info.stdout).toContain('"my-board"');
    expect(JSON.parse(info.stdout)).toMatchObject({ 'manifest-hash': manifest.manifest_hash });
  });

  it('keeps data/manifest.json for other tools', async () => {
    const text = await readFile(path.join(folder, 'data/manifest.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ filename: 'firmware-2.0.0.raucb', compatible: 'my-board' });
  });

  it('refuses a damaged bundle with exit code 1 and stores nothing', async () => {
    const bytes = await readFile(bundle.path);
    bytes.writeUInt8(bytes.readUInt8(10_000) ^ 1, 10_000);
    await writeFile(path.join(folder, 'damaged.raucb'), bytes);
    const { code, stderr } = await upload('damaged.raucb', '--activate');
    expect(code).toBe(1);
    expect(stderr).toContain('bundle-broken');
    const list = await cli(folder, 'bundle', 'list', '--json', '--server', server.adminUrl);
    expect(list.stdout).not.toContain('damaged');
  });

  it('stops offering it after deactivate', async () => {
    expect((await cli(folder, 'bundle', 'deactivate', 'my-board', '--server', server.adminUrl)).code).toBe(0);
    const { stdout } = await deviceCurl(
      folder,
      'board-1',
      `${server.deviceUrl}/api/v1/manifest.json?compatible=my-board`,
    );
    expect(JSON.parse(stdout)).toMatchObject({ bundle_url: '' });
  });

  it('refuses a revoked certificate at once, and still after a restart; another one works', async () => {
    expect((await cli(folder, 'cert', 'device', 'board-2')).code).toBe(0);
    expect((await cli(folder, 'cert', 'revoke', 'board-1')).code).toBe(0);
    const deadline = Date.now() + 10_000;
    while ((await deviceCurl(folder, 'board-1', `${server.deviceUrl}/health`)).code === 0) {
      expect(Date.now()).toBeLessThan(deadline);
    }
    expect((await deviceCurl(folder, 'board-2', `${server.deviceUrl}/health`)).code).toBe(0);
    expect(await server.stop()).toBe(0);
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundle.keyringPath } });
    expect((await deviceCurl(folder, 'board-1', `${server.deviceUrl}/health`)).code).not.toBe(0);
    expect((await deviceCurl(folder, 'board-2', `${server.deviceUrl}/health`)).code).toBe(0);
  });
});
