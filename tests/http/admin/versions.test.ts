import { inheritedPolicy } from '../../../src/core/rollout';
import { makeBundle } from '../../support/bundle-factory';
import { SimulatedDevice } from '../../support/simulated-device';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');
let admin: AdminListener;
let older: string;
beforeEach(async () => {
  admin = await openAdminListener({ now });
  for (const version of ['1.0.0', '2.0.0']) {
    const made = await makeBundle({ version });
    if (version === '1.0.0') older = made.path;
    await admin.opened.publish(made.path, { name: `v${version}.raucb` });
  }
  for (const [id, version] of Object.entries({ a: '2.0.0', b: '2.0.0', c: '0.9.0' }))
    await new SimulatedDevice(admin.opened.services, id, { now, version }).poll();
});
afterEach(() => admin.close());

const newer = { devices: 2, versions: [{ version: '2.0.0', devices: 2 }] };
const nobody = { devices: 0, versions: [] };
const strict = { devices: 3, up_to_date: 0, reached: 1, goes_down: nobody, left_out_newer: newer };
const lax = { devices: 3, up_to_date: 0, reached: 3, goes_down: newer, left_out_newer: nobody };
const explain = async (id: string) =>
  (await admin.http.get(`/api/devices/${id}/explain`).expect(200)).body as object;

describe('releasing an older bundle', () => {
  it.each<[string, object, object]>([
    ['/activate/v1.0.0.raucb', { allow_downgrade: '' }, strict],
    ['/activate/v1.0.0.raucb', {}, strict],
    ['/activate/v1.0.0.raucb', { allow_downgrade: true }, lax],
    ['/activate/test-board/v1.0.0.raucb', {}, strict],
    ['/api/releases', { bundle: 'v1.0.0.raucb' }, strict],
    ['/api/releases', { bundle: 'v1.0.0.raucb', allow_downgrade: 'on' }, lax],
  ])('is done by POST %s with %j, and counts whom it leaves out', async (path, body, reach) => {
    const answer = await admin.http.post(path).send(body);
    expect(answer.status).toBe(path === '/api/releases' ? 201 : 200);
    expect(answer.body).toMatchObject({ reach });
  });

  it('is done by an upload, with and without downgrades', async () => {
    const upload = (name: string, fields: Record<string, string>) => {
      const request = admin.http.post('/upload').field('activate', 'true');
      for (const [key, value] of Object.entries(fields)) request.field(key, value);
      return request.attach('bundle', older, name).expect(201);
    };
    expect((await upload('again.raucb', {})).body).toMatchObject({ reach: strict });
    expect((await upload('down.raucb', { allow_downgrade: 'true' })).body).toMatchObject({ reach: lax });
    await admin.http
      .post('/upload')
      .field('allow_downgrade', '1')
      .attach('bundle', older, 'x.raucb')
      .expect(400);
  });

  it('is told to a device that asks why', async () => {
    await admin.http.post('/activate/v1.0.0.raucb').expect(200);
    expect(await explain('a')).toMatchObject({
      manifest: { reason: 'older-version' },
      polling: { reason: 'older-version' },
    });
    expect(await explain('c')).toMatchObject({ polling: { offered: 'v1.0.0.raucb' } });
  });
});

describe('a release that starts from some versions', () => {
  const release = { bundle: 'v2.0.0.raucb', from: '>=1.0 <2' };

  it('says that no device fits', async () => {
    const { body } = (await admin.http.post('/api/releases').send(release).expect(201)) as { body: unknown };
    expect(body).toMatchObject({
      rollout: { policy: { from: '>=1.0 <2', allow_downgrade: false } },
      reach: {
        reached: 0,
        up_to_date: 2,
        left_out_by_from: { devices: 1, versions: [{ version: '0.9.0', devices: 1 }] },
      },
    });
    expect(await explain('c')).toMatchObject({
      polling: {
        reason: 'outside-from',
        message: expect.stringContaining('a pin to v1.0.0.raucb') as string,
      },
    });
  });

  it('takes an empty field for none, and refuses what is not a range', async () => {
    const { body } = (await admin.http
      .post('/api/releases')
      .send({ ...release, from: ' ' })
      .expect(201)) as { body: unknown };
    expect(body).toMatchObject({ rollout: { policy: { from: null } } });
    for (const from of ['2.0', '>=x', '>=1'.repeat(100), 12])
      await admin.http
        .post('/api/releases')
        .send({ ...release, from })
        .expect(400);
  });
});

describe('an item of the overview', () => {
  const items = async () =>
    (
      (await admin.http.get('/api/overview').expect(200)).body as {
        attention: { kind: string; subjects?: string[] }[];
      }
    ).attention;
  const dismiss = (kind: string, subjects: unknown) =>
    admin.http.post('/api/attention/dismiss').send({ kind, subjects });

  it('is dismissed over the API, and gone at once', async () => {
    const { release } = await admin.services.activateRelease.activate({
      name: 'v1.0.0.raucb',
      policy: inheritedPolicy,
      actor: 'local',
    });
    const find = async () => (await items()).find(({ kind }) => kind === 'downgrade-allowed');
    expect(await find()).toMatchObject({ subjects: [String(release.id)] });
    await dismiss('downgrade-allowed', [String(release.id)]).expect(200);
    expect(await find()).toBeUndefined();
    await dismiss('downgrade-allowed', [String(release.id)]).expect(200);
  });

  it('is refused where there is nothing to dismiss', async () => {
    await dismiss('downgrade-allowed', ['1']).expect(404);
    await dismiss('storage', ['x']).expect(404);
    for (const subjects of [[], [''], 'x', ['x'.repeat(201)], Array.from({ length: 1_001 }, String)])
      await dismiss('downgrade-allowed', subjects).expect(400);
    await dismiss('nonsense', ['1']).expect(400);
  });
});

describe('a preview', () => {
  const preview = (body: object) => admin.http.post('/api/releases/preview').send(body);

  it('says what a release would do, and does nothing', async () => {
    await admin.http.post('/api/releases').send({ bundle: 'v2.0.0.raucb', steps: '5,100' }).expect(201);
    const before = (await admin.http.get('/api/events').expect(200)).body as object;
    const { body } = (await preview({ bundle: 'v1.0.0.raucb', allow_downgrade: true }).expect(200)) as {
      body: unknown;
    };
    expect(body).toMatchObject({
      compatible: 'test-board',
      channel: 'stable',
      changes: true,
      current: { bundle: 'v2.0.0.raucb', rollout: { step: 1, steps: 2 } },
      reach: lax,
    });
    expect((await preview({ bundle: 'v2.0.0.raucb' }).expect(200)).body).toMatchObject({ changes: false });
    expect((await preview({ bundle: 'v1.0.0.raucb', channel: 'beta' }).expect(200)).body).toMatchObject({
      channel: 'beta',
      current: null,
      reach: { devices: 0, reached: 0 },
    });
    expect((await admin.http.get('/api/events').expect(200)).body).toEqual(before);
  });

  it('refuses what the release would refuse', async () => {
    await preview({ bundle: 'none.raucb' }).expect(404);
    await preview({ bundle: 'v1.0.0.raucb', compatible: 'other' }).expect(409);
    await preview({ bundle: 'v1.0.0.raucb', steps: '100,5' }).expect(400);
    await preview({ bundle: 'v1.0.0.raucb', channel: 'no such' }).expect(400);
  });
});
