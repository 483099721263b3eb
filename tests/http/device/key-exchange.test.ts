import tls from 'node:tls';
import { once } from 'node:events';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { mustRun, run } from '../../support/programs';

/** A server with an RSA key: with another, nobody can encrypt for it. */
let listener: DeviceListener;
let files: ClientFiles;
beforeAll(async () => {
  listener = await startDeviceListener();
  await listener.certificates.createServer({ names: ['localhost'], ips: [], key: 'rsa', force: true });
  listener.server.reload(await listener.tls());
  files = await listener.device('board-1', { key: 'rsa' });
});

const sClient = (...args: string[]) =>
  run(
    'openssl',
    ['s_client', '-connect', `localhost:${listener.server.address.port}`, '-tls1_2'].concat(
      ['-CAfile', files.ca, '-cert', files.cert, '-key', files.key, '-verify_return_error'],
      args,
    ),
    { input: '' },
  );

describe('the key exchange of TLS 1.2', () => {
  it.each(['AES128-GCM-SHA256', 'AES256-SHA256', 'AES128-SHA', 'kRSA'])(
    'never encrypts the secret with the key of the server: %s',
    async (cipher) => {
      const { code, stdout } = await sClient('-cipher', cipher);
      expect(code).not.toBe(0);
      expect(stdout).toContain('Cipher is (NONE)');
    },
  );

  it.each(['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES128-SHA256'])(
    'lets a device in with %s',
    async (cipher) => {
      const { stdout } = await sClient('-cipher', cipher);
      expect(stdout).toContain(`Cipher is ${cipher}`);
    },
  );

  it('stays so after new TLS files', async () => {
    listener.server.reload(await listener.tls());
    expect((await sClient('-cipher', 'kRSA')).stdout).toContain('Cipher is (NONE)');
  });
});

describe('an honest client with TLS 1.2', () => {
  const health = () => `${listener.url}/health`;

  it('gets in with curl', async () => {
    const pair = ['--cacert', files.ca, '--cert', files.cert, '--key', files.key];
    const { stdout } = await mustRun('curl', ['-sS', '--fail', '--tls-max', '1.2', ...pair, health()]);
    expect(stdout).toContain('"status":"ok"');
  });

  it('gets in with wget, which uses GnuTLS', async () => {
    const pair = [
      `--ca-certificate=${files.ca}`,
      `--certificate=${files.cert}`,
      `--private-key=${files.key}`,
    ];
    const { stdout } = await mustRun('wget', ['-qO-', '--secure-protocol=TLSv1_2', ...pair, health()]);
    expect(stdout).toContain('"status":"ok"');
  });

  it('gets in with an EC key beside the RSA key of the server, and the other way round', async () => {
    const ec = await readClientFiles(await listener.device('board-2', { key: 'ec' }));
    const port = listener.server.address.port;
    const socket = tls.connect({ ...ec, host: 'localhost', port, maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    expect(socket.getCipher().name).toMatch(/^ECDHE-RSA-/);
    socket.destroy();
    await listener.certificates.createServer({ names: ['localhost'], ips: [], key: 'ec', force: true });
    listener.server.reload(await listener.tls());
    const other = tls.connect({
      ...(await readClientFiles(files)),
      host: 'localhost',
      port,
      maxVersion: 'TLSv1.2',
    });
    await once(other, 'secureConnect');
    expect(other.getCipher().name).toMatch(/^ECDHE-ECDSA-/);
    other.destroy();
  });
});
