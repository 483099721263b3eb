import { once } from 'node:events';
import http2 from 'node:http2';
import path from 'node:path';
import tls from 'node:tls';
import { type MadeBundle, makeBundle } from '../../support/bundle-factory';
import { connectDevice, protocols } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { issue } from '../../support/test-pki';

let listener: DeviceListener;
let board: ClientFiles;
let bundle: MadeBundle;
/** Signed with the listener's own CA, by openssl. */
let issued: (name: string, what?: Partial<Parameters<typeof issue>[1]>) => Promise<ClientFiles>;

beforeAll(async () => {
  bundle = await makeBundle();
  listener = await startDeviceListener();
  await listener.publish(bundle.path);
  board = await listener.device('board-1');
  const folder = await temporaryFolder();
  const { stdout } = await run('cp', [
    path.join(listener.certsDir, 'ca.crt'),
    path.join(listener.certsDir, 'ca.key'),
    folder,
  ]);
  expect(stdout).toBe('');
  issued = async (name, what = {}) => {
    await issue(folder, {
      name,
      issuer: 'ca',
      subject: `/CN=${name}`,
      extensions: ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'],
      ...what,
    });
    return { cert: path.join(folder, `${name}.crt`), key: path.join(folder, `${name}.key`), ca: board.ca };
  };
});

const request = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What openssl's client gets for an HTTP/1.1 request. */
function sClient(...args: string[]) {
  const { port } = listener.server.address;
  return run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', '-no_ign_eof', ...args], {
    input: request,
  });
}

const pair = ({ cert, key }: ClientFiles) => ['-cert', cert, '-key', key];

describe.each(['-tls1_2', '-tls1_3'])('the TLS handshake with openssl s_client %s', (version) => {
  it('lets a device in', async () => {
    const { stdout } = await sClient(
      version,
      '-ign_eof',
      '-CAfile',
      board.ca,
      '-verify_return_error',
      ...pair(board),
    );
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it.each<[string, () => Promise<string[]> | string[]]>([
    ['no certificate', () => []],
    [
      'a certificate of an unknown CA',
      async () => {
        const folder = await temporaryFolder();
        await issue(folder, {
          name: 'stranger',
          subject: '/CN=board-1',
          extensions: ['extendedKeyUsage=clientAuth'],
        });
        return ['-cert', path.join(folder, 'stranger.crt'), '-key', path.join(folder, 'stranger.key')];
      },
    ],
    [
      'an expired certificate',
      async () => pair(await issued('late', { validity: ['20200101000000Z', '20210101000000Z'] })),
    ],
    [
      'a certificate of the future',
      async () => pair(await issued('early', { validity: ['20700101000000Z', '20800101000000Z'] })),
    ],
    [
      'a server certificate',
      () => [
        '-cert',
        path.join(listener.certsDir, 'server.crt'),
        '-key',
        path.join(listener.certsDir, 'server.key'),
      ],
    ],
  ])('ends without an answer for %s', async (_, args) => {
    const before = listener.server.counts().refusedConnections;
    const { stdout } = await sClient(version, '-ign_eof', ...(await args()));
    expect(stdout).toBe('');
    // The program may end before the server has counted.
    await eventually(() => listener.server.counts().refusedConnections === before + 1);
    await eventually(() => listener.server.counts().connections === 0);
  });

  it.each<[string, () => Promise<string[]> | string[]]>([
    ['two common names', async () => pair(await issued('two', { subject: '/CN=board-1/CN=board-2' }))],
    [
      'a common name that is not a device id',
      async () => pair(await issued('odd', { subject: '/CN=..\\/server' })),
    ],
    [
      'the certificate of the CA itself',
      () => ['-cert', path.join(listener.certsDir, 'ca.crt'), '-key', path.join(listener.certsDir, 'ca.key')],
    ],
  ])('is followed by a 403, and the end, for %s', async (_, args) => {
    const before = listener.server.counts().refusedConnections;
    const { stdout } = await sClient(version, '-ign_eof', ...(await args()));
    expect(stdout).toMatch(/^HTTP\/1\.1 403 /);
    expect(stdout).toContain('"cause":"not-a-device-certificate"');
    await eventually(() => listener.server.counts().refusedConnections === before + 1);
    await eventually(() => listener.server.counts().connections === 0);
  });
});

it('refuses TLS 1.1', async () => {
  const { stdout, code } = await sClient('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0', ...pair(board));
  expect(stdout).toBe('');
  expect(code).not.toBe(0);
});

it('offers HTTP/2 first, and HTTP/1.1 to who knows nothing else', async () => {
  const { port } = listener.server.address;
  const ask = (...alpn: string[]) =>
    run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...pair(board), '-alpn', alpn.join(',')], {
      input: '',
    });
  expect((await ask('http/1.1', 'h2')).stdout).toContain('ALPN protocol: h2');
  expect((await ask('http/1.1')).stdout).toContain('ALPN protocol: http/1.1');
});

it('tells in the log why it refused, in few lines however many strangers come', async () => {
  const lines = () => listener.lines.filter(({ message }) => message === 'connection refused');
  const before = lines().length;
  await Promise.all(Array.from({ length: 20 }, () => sClient('-tls1_2')));
  expect(lines().length - before).toBeLessThan(10);
  const reasons = JSON.stringify(lines().map(({ facts }) => facts['reason']));
  expect(reasons).toContain('CERT');
});

describe.each(protocols)('revocation over %s', (protocol) => {
  it('ends open connections and refuses new ones, while another certificate of the device works', async () => {
    const id = `lost-${protocol.replace(/\W/g, '')}`;
    const lost = await listener.device(id);
    const client = await connectDevice(listener.url, lost, protocol);
    expect((await client.request('/health')).status).toBe(200);
    listener.revoked.add(listener.serials.get(id) ?? '');
    expect(listener.server.enforceRevocations()).toBe(1);
    await expect(client.request('/health')).rejects.toThrow();
    expect((await sClient('-ign_eof', ...pair(lost))).stdout).toMatch(/^HTTP\/1\.1 403 /);
    await listener.certificates.createDevice({ id, force: true });
    expect((await sClient('-ign_eof', ...pair(lost))).stdout).toMatch(/^HTTP\/1\.1 200/);
  });

  it('answers 403 to the next request and ends the connection, also before anyone enforces it', async () => {
    const id = `found-${protocol.replace(/\W/g, '')}`;
    const client = await connectDevice(listener.url, await listener.device(id), protocol);
    expect((await client.request('/health')).status).toBe(200);
    listener.revoked.add(listener.serials.get(id) ?? '');
    const { status, body } = await client.request('/bundles/bundle.raucb');
    expect(status).toBe(403);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'forbidden', cause: 'revoked' });
    await eventually(() => listener.server.counts().connections === 0);
    // Over HTTP/1.1 the client connects again, and is told the same.
    if (protocol === 'HTTP/1.1') expect((await client.request('/health')).status).toBe(403);
    else await expect(client.request('/health')).rejects.toThrow();
  });
});

it('refuses a certificate that expires while the connection is open', async () => {
  let nowMs = Date.now();
  const other = await startDeviceListener({ change: { now: () => new Date(nowMs) } });
  const client = await connectDevice(other.url, await other.device('board-1'), 'HTTP/2');
  expect((await client.request('/health')).status).toBe(200);
  nowMs += 20 * 365 * 24 * 3600 * 1000;
  expect((await client.request('/health')).status).toBe(403);
});

describe('TLS session resumption', () => {
  async function connect(
    files: ClientFiles,
    maxVersion: 'TLSv1.2' | 'TLSv1.3',
    session?: Buffer,
    url = listener.url,
  ) {
    const socket = tls.connect({
      ...(await readClientFiles(files)),
      host: 'localhost',
      port: Number(new URL(url).port),
      maxVersion,
      ...(session === undefined ? {} : { session }),
    });
    const got = once(socket, 'session') as Promise<[Buffer]>;
    got.catch(() => undefined);
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('error', () => undefined);
    socket.write(request);
    let isReused = false;
    socket.once('secureConnect', () => (isReused = socket.isSessionReused()));
    await once(socket, 'close');
    return { isReused, text, session: got };
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('works with %s, and the device is the same', async (version) => {
    const first = await connect(board, version);
    expect(first.isReused).toBe(false);
    const [session] = await first.session;
    const second = await connect(board, version, session);
    expect(second.isReused).toBe(true);
    expect(second.text).toMatch(/^HTTP\/1\.1 200/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('does not help a revoked certificate with %s', async (version) => {
    const id = `resumed-${version}`;
    const files = await listener.device(id);
    const [session] = await (await connect(files, version)).session;
    listener.revoked.add(listener.serials.get(id) ?? '');
    expect((await connect(files, version, session)).text).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('lives through a new server certificate, but not through a new CA', async () => {
    const other = await startDeviceListener();
    const files = await other.device('board-1');
    const [session] = await (await connect(files, 'TLSv1.3', undefined, other.url)).session;
    await other.certificates.createServer({ names: ['localhost'], ips: [], force: true });
    other.server.reload(await other.tls());
    const renewed = await connect(files, 'TLSv1.3', session, other.url);
    expect(renewed).toMatchObject({ isReused: true });
    const old = await readClientFiles(files);
    await other.certificates.createCa({ force: true });
    await other.certificates.createServer({ names: ['localhost'], ips: [], force: true });
    other.server.reload(await other.tls());
    const socket = tls.connect({
      ...old,
      rejectUnauthorized: false,
      port: other.server.address.port,
      session,
    });
    socket.on('error', () => undefined);
    let text = '';
    let isReused: boolean | undefined;
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.once('secureConnect', () => (isReused = socket.isSessionReused()));
    socket.write(request);
    await once(socket, 'close');
    expect(isReused).toBe(false);
    expect(text).toBe('');
  });
});

it('ends a connection that begins another handshake, which could show another certificate', async () => {
  const socket = tls.connect({
    ...(await readClientFiles(board)),
    host: 'localhost',
    port: Number(new URL(listener.url).port),
    maxVersion: 'TLSv1.2',
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(request.replace('Connection: close\r\n', ''));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
  const outcome = new Promise((resolve) => {
    socket.once('close', () => resolve('ended'));
    socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : 'ended'));
  });
  expect(await outcome).toBe('ended');
  socket.destroy();
});

describe('new TLS files', () => {
  it('serve new connections while old ones go on', async () => {
    const other = await startDeviceListener();
    const files = await other.device('board-1');
    const client = await connectDevice(other.url, files, 'HTTP/2');
    expect((await client.request('/health')).status).toBe(200);
    const { certificate } = await other.certificates.createServer({
      names: ['localhost'],
      ips: [],
      force: true,
    });
    other.server.reload(await other.tls());
    expect((await client.request('/health')).status).toBe(200);
    const session = http2.connect(other.url, await readClientFiles(files));
    await once(session, 'connect');
    const served = (session.socket as tls.TLSSocket).getPeerCertificate();
    expect(served.serialNumber.toLowerCase().replace(/^0+/, '')).toBe(certificate.serial);
    session.destroy();
  });

  it('end the connections of a CA that is no longer there', async () => {
    const other = await startDeviceListener();
    const client = await connectDevice(other.url, await other.device('board-1'), 'HTTP/2');
    expect((await client.request('/health')).status).toBe(200);
    await other.certificates.createCa({ force: true });
    await other.certificates.createServer({ names: ['localhost'], ips: [], force: true });
    other.server.reload(await other.tls());
    await expect(client.request('/health')).rejects.toThrow();
  });

  it.each([
    [
      'a certificate of another key',
      async (other: DeviceListener) => ({ cert: (await listener.tls()).cert, key: (await other.tls()).key }),
    ],
    ['no certificate at all', () => ({ cert: 'nonsense' })],
    [
      'a CA file with nothing in it',
      () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
    ],
  ])('that are bad leave the old ones in use: %s', async (_, bad) => {
    const other = await startDeviceListener();
    const files = await other.device('board-1');
    const client = await connectDevice(other.url, files, 'HTTP/2');
    const broken = { ...(await other.tls()), ...(await bad(other)) };
    expect(() => other.server.reload(broken)).toThrow(refusal('configuration'));
    expect((await client.request('/health')).status).toBe(200);
    const second = await connectDevice(other.url, files, 'HTTP/1.1');
    expect((await second.request('/health')).status).toBe(200);
  });
});
