import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { farewellLimits } from '../../../src/http/device/transport/farewells';
import { connectDevice, protocols } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { run, temporaryFolder } from '../../support/programs';
import { connectRawHttp2, get } from '../../support/raw-http2';
import { issue } from '../../support/test-pki';

let listener: DeviceListener;
let authority: string;
beforeAll(async () => {
  listener = await startDeviceListener();
  authority = await temporaryFolder();
  for (const file of ['ca.crt', 'ca.key'])
    await copyFile(path.join(listener.certsDir, file), path.join(authority, file));
});

const clientAuth = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'];

/** Made by openssl, by the listener's CA unless another issuer is given. */
async function made(name: string, what: Partial<Parameters<typeof issue>[1]> = {}): Promise<ClientFiles> {
  await issue(authority, { name, issuer: 'ca', subject: `/CN=${name}`, extensions: clientAuth, ...what });
  const file = (suffix: string) => path.join(authority, `${name}.${suffix}`);
  return { cert: file('crt'), key: file('key'), ca: path.join(authority, 'ca.crt') };
}

/** Signed by itself. */
async function stranger(subject: string): Promise<ClientFiles> {
  const folder = await temporaryFolder();
  await issue(folder, { name: 'own', subject, extensions: clientAuth });
  const file = (suffix: string) => path.join(folder, `own.${suffix}`);
  return { cert: file('crt'), key: file('key'), ca: path.join(authority, 'ca.crt') };
}

async function revoked(id: string): Promise<ClientFiles> {
  const files = await listener.device(id);
  listener.revoked.add(listener.serials.get(id) ?? '');
  return files;
}

function curl(files: ClientFiles, ...args: string[]) {
  const { cert, key, ca } = files;
  const pair = ['--cert', cert, '--key', key, '--cacert', ca];
  return run('curl', ['-sS', '--max-time', '60', ...pair, ...args, `${listener.url}/health`]);
}

async function serialOf({ cert }: ClientFiles): Promise<string> {
  const { stdout } = await run('openssl', ['x509', '-noout', '-serial', '-in', cert]);
  return stdout.trim().replace('serial=', '').toLowerCase().replace(/^0+/, '');
}

const listed = (search: string, from = listener) =>
  from.services.refusedCertificates.list({ search, limit: 10 }).certificates;

async function linesAbout(serial: string) {
  const about = async () =>
    (await listener.store.journal.search({ kinds: ['certificate.refused'] }, { limit: 100 })).events.filter(
      ({ after }) => after?.['serial'] === serial,
    );
  await eventually(async () => (await about()).length > 0);
  return about();
}

describe.each([
  ['TLS 1.2', '--tls-max', '1.2'],
  ['TLS 1.3', '--tlsv1.3', '--http1.1'],
])('a certificate that is refused over %s', (version, ...args) => {
  const name = (what: string) => `${what}-${version.replace(/\W/g, '')}`;

  it.each<[string, string, (id: string) => Promise<ClientFiles>, boolean]>([
    ['expired', 'late', (id) => made(id, { validity: ['20200101000000Z', '20210101000000Z'] }), true],
    ['not-yet-valid', 'early', (id) => made(id, { validity: ['20700101000000Z', '20800101000000Z'] }), true],
    ['unknown-ca', 'foreign', (id) => stranger(`/CN=${id}`), false],
    ['revoked', 'lost', (id) => revoked(id), true],
    [
      'not-a-device-certificate',
      'web',
      (id) => made(id, { extensions: ['extendedKeyUsage=serverAuth'] }),
      true,
    ],
    ['not-a-device-certificate', 'two', (id) => made(id, { subject: `/CN=${id}/CN=more` }), true],
    [
      'old-certificate',
      'plain',
      (id) => made(id, { extensions: ['basicConstraints=critical,CA:FALSE'] }),
      true,
    ],
  ])('is listed, counted and told once (%s, %s)', async (cause, what, make, isOurs) => {
    const files = await make(name(what));
    const serial = await serialOf(files);
    const before = listener.server.counts().refusals.get(cause as 'expired') ?? 0;
    await curl(files, ...args);
    await curl(files, ...args);
    await eventually(() => listed(serial)[0]?.count === 2);
    expect(listed(serial)).toMatchObject([{ cause, serial, isOurs, address: '127.0.0.1', count: 2 }]);
    const [entry] = listed(serial);
    expect(entry?.subject).toContain(`CN=${name(what)}`);
    expect(entry?.issuer).toMatch(isOurs ? /^CN=RAUC/ : /^CN=foreign/);
    expect(listener.server.counts().refusals.get(cause as 'expired')).toBe(before + 2);
    const [line, ...more] = await linesAbout(serial);
    expect(more).toEqual([]);
    expect(line).toMatchObject({ actor: { name: 'server' }, after: { cause, serial, address: '127.0.0.1' } });
  });
});

it('names the device of an expired certificate, and none of a certificate that anybody can make', async () => {
  const validity = ['20200101000000Z', '20210101000000Z'] as const;
  const ours = await made('late-board', { validity });
  await curl(ours);
  await curl(await stranger('/CN=late-board'));
  await eventually(() => listed('CN=late-board').length === 2);
  expect(listed('CN=late-board').map(({ isOurs, deviceId }) => ({ isOurs, deviceId }))).toEqual([
    { isOurs: true, deviceId: 'late-board' },
    { isOurs: false, deviceId: null },
  ]);
});

it('shows what a hostile certificate says on one line, without control characters, and not all of it', async () => {
  await curl(
    await stranger(
      `/O=\u202Eevil\u001b[2J\n/CN=${'hostile'.repeat(9)}${Array.from({ length: 5 }, () => `/O=${'x'.repeat(60)}`).join('')}`,
    ),
  );
  await eventually(() => listed('hostilehostile').length === 1);
  const [entry] = listed('hostilehostile');
  expect(entry?.subject).toMatch(/^[\x20-\x7e…]*$/);
  expect(entry?.subject.length).toBeLessThanOrEqual(200);
  const [line] = await linesAbout(entry?.serial ?? '');
  expect(line?.reason?.parameters['subject']).toMatch(/^[\x20-\x7e…]+$/);
});

it('never puts a line of the key log into its own log', async () => {
  await curl(await stranger('/CN=secretive'));
  await curl(await listener.device('secretive-2'));
  await eventually(() => listed('CN=secretive').length === 1);
  expect(JSON.stringify(listener.lines)).not.toMatch(/CLIENT_RANDOM|_TRAFFIC_SECRET|EXPORTER_SECRET/);
});

describe.each(protocols)('a device whose certificate is revoked, over %s', (protocol) => {
  const id = (what: string) => `${what}-${protocol.replace(/\W/g, '')}`;
  const told = { status: 403, code: 'forbidden', cause: 'revoked' };

  it('is told so with what to do, and its connection ends', async () => {
    const client = await connectDevice(listener.url, await revoked(id('told')), protocol);
    const { status, headers, body } = await client.request('/api/v1/manifest.json');
    expect(status).toBe(403);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body.toString())).toMatchObject({
      ...told,
      remedy: expect.stringContaining('cert device') as string,
    });
    if (protocol === 'HTTP/2') await expect(client.request('/health')).rejects.toThrow();
    else expect(headers['connection']).toBe('close');
    expect(listener.server.counts()).toMatchObject({ connections: 0, openRequests: 0 });
  });

  it.each(['POST', 'HEAD'])('is told so for a %s, whatever it sends', async (method) => {
    const client = await connectDevice(listener.url, await revoked(id(method)), protocol);
    const body = method === 'POST' ? 'x'.repeat(30_000) : undefined;
    const answer = await client.request('/api/v1/status', {}, method, body);
    expect(answer.status).toBe(403);
    if (method === 'POST') expect(JSON.parse(answer.body.toString())).toMatchObject(told);
  });

  it('is told so when it is revoked, or expires, while it is connected, and is listed', async () => {
    const files = await listener.device(id('during'));
    const client = await connectDevice(listener.url, files, protocol);
    expect((await client.request('/health')).status).toBe(200);
    listener.revoked.add(listener.serials.get(id('during')) ?? '');
    expect((await client.request('/health')).status).toBe(403);
    expect(listed(id('during'))).toMatchObject([{ cause: 'revoked', count: 1, deviceId: id('during') }]);
  });
});

describe('a refused device', () => {
  const start = (limits: Partial<typeof farewellLimits>) =>
    startDeviceListener({
      change: { farewellLimits: { ...farewellLimits, ...limits }, isRevoked: () => true },
    });
  const dial = async ({ server }: DeviceListener, files: ClientFiles) => {
    const { port } = server.address;
    const socket = tls.connect({
      ...(await readClientFiles(files)),
      ...{ host: 'localhost', port, ALPNProtocols: ['http/1.1'] },
    });
    socket.on('error', () => undefined).resume();
    await once(socket, 'secureConnect');
    return socket;
  };

  it('that asks for nothing loses its connection', async () => {
    const other = await start({ timeoutMs: 50 });
    const socket = await dial(other, await other.device('idle'));
    await eventually(() => socket.destroyed);
  });

  it('that sends without end loses its connection', async () => {
    const other = await start({});
    const socket = await dial(other, await other.device('endless'));
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n${'x'.repeat(70_000)}`,
    );
    await eventually(() => socket.destroyed);
  });

  it('is refused without a word when too many are being told, or it comes too often', async () => {
    for (const limits of [{ atOnce: 1 }, { rate: { burst: 1, perSecond: 0.001 } }]) {
      const other = await start(limits);
      const files = await other.device('often');
      const first = await dial(other, files);
      const second = await dial(other, files);
      await eventually(() => second.destroyed);
      expect(first.destroyed).toBe(false);
      expect(other.server.counts().refusals.get('revoked')).toBe(2);
      await other.close();
    }
  });

  it('gets no second answer on an HTTP/2 connection, and its other requests end with it', async () => {
    const other = await start({});
    const device = await connectRawHttp2(
      other.server.address.port,
      await readClientFiles(await other.device('many')),
    );
    device.send(get(1, '/health'));
    await eventually(() => device.goaways.length > 0);
    device.send(get(3, '/health'));
    await device.closed;
    expect([...device.answered]).toEqual([1]);
    expect(other.server.counts().requests).toBe(0);
  });
});

it('a device with a good certificate is let in as ever, and listed nowhere', async () => {
  const { stdout } = await curl(await listener.device('honest'));
  expect(stdout).toContain('"ok"');
  expect(listed('honest')).toEqual([]);
});
