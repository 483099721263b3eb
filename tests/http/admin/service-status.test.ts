import { Gauge, Registry } from 'prom-client';
import { makeBundle } from '../../support/bundle-factory';
import { type AdminListener, eventually, openAdminListener } from './admin-listener';

describe('what probes and Prometheus see', () => {
  let admin: AdminListener;
  const metrics = new Registry();
  beforeAll(async () => {
    new Gauge({ name: 'rauc_device_connections', help: 'x', registers: [metrics] }).set(3);
    admin = await openAdminListener({ admin: { metrics, health: () => ({ devices: 3 }) } });
  });
  afterAll(() => admin.close());

  const scrape = async () =>
    (
      await admin.http
        .get('/metrics')
        .expect(200)
        .expect('Content-Type', /^text\/plain/)
    ).text;

  it('says that the server is alive, and which version', async () => {
    const answer = await admin.http.get('/health').expect(200);
    expect(answer.body).toEqual({
      status: 'ok',
      version: '9.8.7',
      storage: 'writable',
      clock: 'right',
      devices: 3,
    });
    await admin.http.head('/health').expect(200);
  });

  it('counts bundles and releases, beside what others registered', async () => {
    expect(await scrape()).toMatch(/^rauc_bundles 0$/m);
    const made = await makeBundle({ compatible: 'acme' });
    await admin.opened.publish(made.path, { name: 'a.raucb', activate: true });
    const text = await scrape();
    expect(text).toMatch(/^rauc_bundles 1$/m);
    expect(text).toMatch(new RegExp(`^rauc_bundle_bytes ${made.sizeBytes}$`, 'm'));
    expect(text).toMatch(/^rauc_releases 1$/m);
    expect(text).toMatch(/^rauc_device_connections 3$/m);
    expect(text).toMatch(/^rauc_server_clock_wrong\{why="behind"\} 0$/m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
  });

  it('counts requests by pattern, so that no caller can make the labels grow', async () => {
    for (const path of [
      '/api/bundles/x.raucb',
      '/api/bundles/y.raucb',
      '/random-1',
      '/random-2',
      '/favicon.svg',
    ])
      await admin.http.get(path);
    await admin.http.trace('/random-3');
    await eventually(async () => (await scrape()).includes('method="other"'));
    const text = await scrape();
    expect(text).toContain(
      'rauc_admin_requests_total{method="GET",route="/api/bundles/{name}",status="404"} 2',
    );
    expect(text).toContain('rauc_admin_requests_total{method="GET",route="unmatched",status="404"} 2');
    expect(text).toContain('route="page",status="200"');
    expect(text).not.toContain('random');
  });

  it('logs each request as one line with its id, status, time and actor, and without its query', async () => {
    const answer = await admin.http.get('/api/bundles?secret=1').expect(200);
    const id = answer.headers['x-request-id'];
    await eventually(() => admin.requests.some(({ facts }) => facts['request_id'] === id));
    const lines = admin.requests.filter(({ facts }) => facts['request_id'] === id);
    expect(lines).toEqual([
      {
        level: 'info',
        facts: {
          request_id: id,
          method: 'GET',
          path: '/api/bundles',
          status: 200,
          ms: expect.any(Number) as number,
          actor: 'local',
          address: '127.0.0.1',
        },
      },
    ]);
  });

  it('logs probes quietly', async () => {
    await admin.http.get('/health').expect(200);
    await eventually(() => admin.requests.at(-1)?.facts['path'] === '/health');
    expect(admin.requests.at(-1)?.level).toBe('debug');
  });
});
