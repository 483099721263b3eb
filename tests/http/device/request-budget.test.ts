import { connectDevice, type DeviceClient } from '../../support/device-client';
import { eventually } from '../../support/eventually';
import { fleetAttention } from '../../support/fleet-attention';
import { mustRun } from '../../support/programs';
import { raucHeaders } from '../../support/rauc-poller';
import { board, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

const burst = 300;

describe('a device that asks without end', () => {
  let fleet: ReleasedFleet;
  let nowMs: number;
  beforeEach(async () => {
    nowMs = 0;
    fleet = await startReleasedFleet({ change: { monotonicMs: () => nowMs } });
  });
  afterEach(() => fleet.close());

  async function exhaust(client: DeviceClient): Promise<void> {
    for (let i = 0; i < burst; i += 1) {
      const { status } = await client.request('/health');
      if (status === 429) throw new Error(`it was refused after ${i} requests`);
    }
  }

  it('is told when to come again, is taken again then, and is shown to people', async () => {
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    await exhaust(client);
    const refused = await client.request('/api/v1/manifest.json');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      code: 'too-many-requests',
      retry_after_seconds: 1,
    });
    expect(fleet.server.counts().overBudget.get('requests')).toBe(1);
    expect(await fleetAttention(fleet, fleet.now)).toMatchObject([
      { kind: 'over-budget', deviceId: 'dev-1', count: 1 },
    ]);
    nowMs += 500;
    expect((await client.request('/health')).status).toBe(200);
    expect((await client.request('/health')).status).toBe(429);
  });

  it('is counted over all of its connections, and another device is not', async () => {
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    await exhaust(client);
    const again = await connectDevice(fleet.url, await fleet.device('dev-2'), 'HTTP/1.1');
    expect((await again.request('/health')).status).toBe(200);
    const { client: second } = await fleet.connect('dev-1', 'HTTP/1.1');
    expect((await second.request('/health')).status).toBe(429);
  });

  it.each(['HTTP/1.1', 'HTTP/2'] as const)(
    'loses its connection when it does not heed that, and is taken again later (%s)',
    async (protocol) => {
      const { client } = await fleet.connect('dev-1', protocol);
      await exhaust(client);
      const { connections } = fleet.server.counts();
      for (let i = 0; i < 100; i += 1) expect((await client.request('/health')).status).toBe(429);
      expect(fleet.server.counts().connections).toBe(connections);
      await client.request('/health').catch(() => undefined);
      await eventually(() => fleet.server.counts().connections < connections);
      nowMs += 1_000;
      const { client: again } = await fleet.connect('dev-1', protocol);
      expect((await again.request('/health')).status).toBe(200);
    },
  );

  it.each([
    ['bundles that are not there', '/bundles/nothing.raucb'],
    ['hashes that were never here', `/bundles/${'ab'.repeat(32)}/nothing.raucb`],
    ['paths that are none', '/%'],
    ['what is nowhere', '/api/v1/nothing'],
  ])('is refused as well for %s', async (_, target) => {
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    // All at once, because servers with one database look for unknown bundles once a second.
    const answers = await Promise.all(Array.from({ length: burst }, () => client.request(target)));
    expect(answers.filter(({ status }) => status === 429)).toEqual([]);
    expect((await client.request(target)).status).toBe(429);
  });

  it('is refused attempts without end, each by another name', async () => {
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    const begin = (name: number) =>
      client.request('/bundles/v2.0.0.raucb', { 'rauc-transaction-id': `t-${name}`, range: 'bytes=0-3' });
    for (let name = 0; name < burst; name += 1) expect((await begin(name)).status).toBe(206);
    expect((await begin(burst)).status).toBe(429);
    // What has begun goes on.
    expect((await begin(burst - 1)).status).toBe(206);
  });

  it('is refused reports without their bodies being read', async () => {
    const { client } = await fleet.connect('dev-1', 'HTTP/1.1');
    await exhaust(client);
    const report = () => client.request('/api/v1/status', {}, 'POST', JSON.stringify({ state: 'good' }));
    expect((await report()).status).toBe(429);
    nowMs += 1_000;
    expect((await report()).status).toBe(200);
  });
});

describe('an honest device is never refused, on a clock that stands still', () => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet({ change: { monotonicMs: () => 0 } });
  });
  afterEach(async () => {
    expect(fleet.server.counts().overBudget.size).toBe(0);
    await fleet.close();
  });

  it('when it tries everything six times, and reports each percent of an installation', async () => {
    const { client, rauc } = await fleet.connect('dev-1', 'HTTP/2');
    for (let attempt = 0; attempt < 6; attempt += 1)
      expect((await rauc.poll()).statuses[0]).toBeLessThan(400);
    for (let attempt = 0; attempt < 6; attempt += 1)
      expect((await rauc.install(`t-${attempt}`)).statuses).toEqual([307, 206]);
    for (let progress = 0; progress <= 100; progress += 1) {
      const report = { state: progress < 100 ? 'installing' : 'installed', progress };
      const { status } = await client.request('/api/v1/status', {}, 'POST', JSON.stringify(report));
      expect(status).toBe(200);
    }
  });

  it('when it reads the whole bundle in ranges of 4 KiB, 128 at once', async () => {
    await fleet.release('3.0.0', { seed: 'large', imageSizeBytes: 4 << 20 });
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    const { status, headers } = await client.request(
      '/bundles/v3.0.0.raucb',
      raucHeaders(board, '1.0.0', 'b'),
      'HEAD',
    );
    expect(status).toBe(200);
    const size = Number(headers['content-length']);
    let at = 0;
    let ranges = 0;
    const read = async () => {
      while (at < size) {
        const range = `bytes=${at}-${Math.min(at + 4096, size) - 1}`;
        at += 4096;
        ranges += 1;
        expect((await client.request('/bundles/v3.0.0.raucb', { range })).status).toBe(206);
      }
    };
    await Promise.all(Array.from({ length: 128 }, read));
    expect(ranges).toBeGreaterThan(1_000);
  });

  it('when it uses curl alone, with its retries', async () => {
    const { cert, key, ca } = await fleet.device('curl-1');
    const tls = ['-sS', '--fail', '--retry', '6', '--cacert', ca, '--cert', cert, '--key', key];
    for (let time = 0; time < 10; time += 1) {
      const { stdout } = await mustRun('curl', [
        ...tls,
        '-H',
        `X-RAUC-Compatible: ${board}`,
        `${fleet.url}/api/v1/manifest.json`,
      ]);
      const { bundle_url: url } = JSON.parse(stdout) as { bundle_url: string };
      await mustRun('curl', [...tls, '-o', '/dev/null', url]);
    }
  });
});
