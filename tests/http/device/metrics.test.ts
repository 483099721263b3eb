import path from 'node:path';
import { Registry } from 'prom-client';
import { registerDeviceMetrics } from '../../../src/http/device/kernel/metrics';
import type { ClientFiles } from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { run, temporaryFolder } from '../../support/programs';
import { board, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { issue } from '../../support/test-pki';

let fleet: ReleasedFleet;
let register: Registry;

beforeEach(async () => {
  fleet = await startReleasedFleet();
  register = new Registry();
  registerDeviceMetrics(register, () => fleet.server.counts());
});
afterEach(() => fleet.close());

/** Lines of a metric, without its help, and without what is 0. */
async function shown(name: string): Promise<string[]> {
  const text = await register.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && !line.endsWith(' 0'))
    .map((line) => line.slice(name.length));
}

it('show polls and offers by answer, in each protocol', async () => {
  const { rauc, client } = await fleet.connect('dev-1', 'HTTP/2');
  await rauc.poll();
  await rauc.poll();
  await rauc.open('t-1'); // no poll
  rauc.restart({ 'RAUC-System-Version': '2.0.0' });
  await rauc.poll();
  await client.request(`/api/v1/manifest.json?compatible=${board}`);
  expect(await shown('rauc_device_polls_total')).toEqual([
    '{protocol="polling",answer="redirected"} 1',
    '{protocol="polling",answer="unchanged"} 1',
    '{protocol="polling",answer="nothing"} 1',
  ]);
  expect(await shown('rauc_device_offers_total')).toEqual([
    '{protocol="manifest",answer="up-to-date"} 1',
    '{protocol="polling",answer="bundle"} 3',
    '{protocol="polling",answer="up-to-date"} 1',
  ]);
});

it('show requests by protocol, and those that no protocol knows', async () => {
  const { client } = await fleet.connect('dev-1', 'HTTP/1.1');
  for (const path of ['/health', '/health', '/none', `/api/v1/manifest.json?compatible=${board}`])
    await client.request(path);
  await client.request('/health', {}, 'DELETE');
  expect(await shown('rauc_device_requests_total')).toEqual([
    '{protocol="manifest"} 1',
    '{protocol="health"} 2',
    '{protocol="none"} 2',
  ]);
});

it('show reports by state, refused ones not among them', async () => {
  const { client } = await fleet.connect('dev-1', 'HTTP/1.1');
  for (const state of ['downloading', 'installed', 'installed', 'exploded'])
    await client.request('/api/v1/status', {}, 'POST', JSON.stringify({ state }));
  expect(await shown('rauc_device_reports_total')).toEqual([
    '{protocol="status",state="downloading"} 1',
    '{protocol="status",state="installed"} 2',
  ]);
});

it('show the bytes that went out', async () => {
  const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
  await rauc.poll();
  const { sizeBytes } = await rauc.install();
  const [sent = ''] = await shown('rauc_bundle_sent_bytes_total');
  expect(sent).toContain('{protocol="bundles"} ');
  expect(Number(sent.split(' ')[1])).toBeGreaterThan(sizeBytes * 0.9);
});

it('show every cause of a refused handshake from the start', async () => {
  const text = await register.metrics();
  for (const cause of [
    'no-certificate',
    'unknown-ca',
    'expired',
    'not-yet-valid',
    'revoked',
    'not-a-device-certificate',
    'other',
  ])
    expect(text).toContain(`rauc_device_refused_connections_total{cause="${cause}"} 0`);
});

describe.each(['-tls1_2', '-tls1_3'])('a handshake that is refused with %s', (version) => {
  async function connect(files: Pick<ClientFiles, 'cert' | 'key'> | undefined): Promise<void> {
    const pair = files === undefined ? [] : ['-cert', files.cert, '-key', files.key];
    const address = `127.0.0.1:${fleet.server.address.port}`;
    await run('openssl', ['s_client', version, '-connect', address, '-quiet', '-ign_eof', ...pair], {
      input: 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    });
  }

  async function issued(what: Partial<Parameters<typeof issue>[1]>): Promise<ClientFiles> {
    const folder = await temporaryFolder();
    await run('cp', [...['ca.crt', 'ca.key'].map((file) => path.join(fleet.certsDir, file)), folder]);
    await issue(folder, {
      name: 'made',
      issuer: 'ca',
      subject: '/CN=board-1',
      extensions: ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'],
      ...what,
    });
    return { cert: path.join(folder, 'made.crt'), key: path.join(folder, 'made.key'), ca: '' };
  }

  it.each<[string, () => Promise<Pick<ClientFiles, 'cert' | 'key'> | undefined>]>([
    ['no-certificate', () => Promise.resolve(undefined)],
    [
      'unknown-ca',
      async () => {
        const folder = await temporaryFolder();
        await issue(folder, {
          name: 'stranger',
          subject: '/CN=board-1',
          extensions: ['extendedKeyUsage=clientAuth'],
        });
        return { cert: path.join(folder, 'stranger.crt'), key: path.join(folder, 'stranger.key') };
      },
    ],
    ['unknown-ca', async () => (await startReleasedFleet({ released: null })).device('board-1')],
    ['expired', () => issued({ validity: ['20200101000000Z', '20210101000000Z'] })],
    [
      'revoked',
      async () => {
        const files = await fleet.device('lost');
        fleet.revoked.add(fleet.serials.get('lost') ?? '');
        return files;
      },
    ],
    [
      'not-a-device-certificate',
      () =>
        Promise.resolve({
          cert: path.join(fleet.certsDir, 'server.crt'),
          key: path.join(fleet.certsDir, 'server.key'),
        }),
    ],
    ['not-a-device-certificate', () => issued({ subject: '/CN=board-1/CN=board-2' })],
    ['not-yet-valid', () => issued({ validity: ['20700101000000Z', '20800101000000Z'] })],
  ])('is counted with its cause: %s', async (cause, files) => {
    await connect(await files());
    await eventually(() => fleet.server.counts().refusedConnections > 0);
    expect(await shown('rauc_device_refused_connections_total')).toEqual([`{cause="${cause}"} 1`]);
  });
});
