import { makeBundle } from '../../support/bundle-factory';
import { SimulatedDevice } from '../../support/simulated-device';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');
let admin: AdminListener;
beforeEach(async () => {
  admin = await openAdminListener({ now });
  for (const version of ['1.0.0', '2.0.0']) {
    const made = await makeBundle({ version });
    await admin.opened.publish(made.path, { name: `v${version}.raucb` });
  }
});
afterEach(() => admin.close());

interface Release {
  readonly id: number;
  readonly channel: string;
  readonly bundle: string;
  readonly rollout: { readonly policy: object };
}

const create = async (policy: object = {}, status = 201): Promise<Release> => {
  const request = admin.http.post('/api/releases').send({ bundle: 'v1.0.0.raucb', ...policy });
  return (await request.expect(status)).body as Release;
};
const move = (id: number, verb: string, body: object = {}) =>
  admin.http.post(`/api/releases/${id}/${verb}`).send(body);
const one = async (id: number) => (await admin.http.get(`/api/releases/${id}`).expect(200)).body as Release;
const list = async (query = '') => {
  const answer = await admin.http.get(`/api/releases${query}`).expect(200);
  return (answer.body as { releases: Release[] }).releases;
};
const listed = async (query = '') => (await list(query)).map(({ channel, bundle }) => `${channel} ${bundle}`);
const everyone = {
  steps: '100',
  start_at: null,
  promote_at_percent: null,
  pause_at_failures: null,
  pause_at_percent: null,
  max_in_progress: null,
  window: null,
  allow_downgrade: false,
  from: null,
};

describe('a release', () => {
  it('is made with the whole policy, and shown as it was said', async () => {
    const policy = {
      steps: 'group:lab,5,25,100',
      start_at: '2026-12-01T02:00:00.000Z',
      promote_at_percent: 90,
      pause_at_failures: 3,
      pause_at_percent: 2.5,
      max_in_progress: 50,
      window: 'sat,sun 01:00-05:00 Europe/Berlin',
      allow_downgrade: true,
      from: '>=1.0 <3',
    };
    const made = await create({ ...policy, channel: 'beta' });
    expect(made).toMatchObject({ channel: 'beta', rollout: { state: 'running', step: 1, steps: 4, policy } });
    expect(await one(made.id)).toMatchObject({ id: made.id, rollout: { policy } });
  });

  it.each([
    [{}, {}],
    [{ steps: [5, 25, 100] }, { steps: '5,25,100' }],
    [{ steps: ['group:lab', 10, '100'] }, { steps: 'group:lab,10,100' }],
    [{ pause_at_failures: '3', steps: '', window: '' }, { pause_at_failures: 3 }],
    [{ start_at: '2026-12-01T03:00:00+01:00' }, { start_at: '2026-12-01T02:00:00.000Z' }],
  ])('takes %j', async (sent, policy) => {
    expect((await create(sent)).rollout.policy).toEqual({ ...everyone, ...policy });
  });

  it.each([
    { steps: '25,5' },
    { steps: [] },
    { steps: [5, { percent: 100 }] },
    { steps: Array.from({ length: 101 }, () => 1) },
    { steps: 'x'.repeat(2_001) },
    { start_at: 'tomorrow' },
    { start_at: '2026-12-01T02:00:00' },
    { promote_at_percent: 0 },
    { promote_at_percent: '9e1' },
    { pause_at_failures: 1.5 },
    { pause_at_percent: 101 },
    { max_in_progress: -1 },
    { window: 'whenever' },
    { window: 'daily 01:00-02:00 Europe/Atlantis' },
    { channel: '../x' },
    { channel: 'x'.repeat(500) },
    { unknown: 1 },
  ])('is refused with %j, and nothing is current', async (sent) => {
    await create(sent, 400);
    expect(await list()).toEqual([]);
  });

  it('is made of a bundle that is there, for its own compatible', async () => {
    await create({ bundle: 'none.raucb' }, 404);
    await create({ compatible: 'other' }, 409);
    expect(await create({ compatible: 'other', force: true })).toMatchObject({ forced: true });
  });

  it('stays when it is asked for again, and begins again with a policy', async () => {
    const { id } = await create({ steps: '5,100' });
    expect((await create({}, 200)).id).toBe(id);
    expect((await create({ steps: '10,100' })).id).not.toBe(id);
  });

  it('is found by compatible and channel', async () => {
    await create();
    await create({ channel: 'beta', bundle: 'v2.0.0.raucb' });
    expect(await listed()).toEqual(['beta v2.0.0.raucb', 'stable v1.0.0.raucb']);
    expect(await listed('?channel=beta')).toEqual(['beta v2.0.0.raucb']);
    expect(await listed('?compatible=test-board&channel=stable')).toEqual(['stable v1.0.0.raucb']);
    expect(await listed('?compatible=other')).toEqual([]);
    await admin.http.get('/api/releases?unknown=1').expect(400);
    const answer = await admin.http.get('/api/history?channel=beta').expect(200);
    expect((answer.body as { history: object[] }).history).toMatchObject([
      { channel: 'beta', bundle: 'v2.0.0.raucb' },
    ]);
  });

  it('gives way to the one before, and to nothing, on its channel alone', async () => {
    await create();
    await create({ channel: 'beta' });
    await create({ channel: 'beta', bundle: 'v2.0.0.raucb', steps: '5,100' });
    const beta = { compatible: 'test-board', channel: 'beta' };
    const other = { ...beta, expected: 'v2.0.0.raucb', unproven: true };
    await admin.http.post('/api/releases/back').send(other).expect(409);
    const expected = { ...beta, expected: 'v1.0.0.raucb', unproven: true };
    const back = await admin.http.post('/api/releases/back').send(expected).expect(200);
    expect(back.body).toMatchObject({
      bundle: 'v1.0.0.raucb',
      rollout: { policy: { ...everyone, allow_downgrade: true } },
    });
    await admin.http.post('/api/releases/back').send(beta).expect(404);
    await admin.http.post('/api/releases/deactivate').send(beta).expect(200);
    await admin.http.post('/api/releases/deactivate').send(beta).expect(404);
    expect(await listed()).toEqual(['stable v1.0.0.raucb']);
  });

  it('withdraws the release that was meant, and no other that came meanwhile', async () => {
    const place = { compatible: 'test-board', channel: 'meant' };
    const { id: seen } = await create({ channel: 'meant' });
    const { id: newer } = await create({ channel: 'meant', bundle: 'v2.0.0.raucb' });
    const deactivate = (expected: number) =>
      admin.http.post('/api/releases/deactivate').send({ ...place, expected_release: expected });
    expect((await deactivate(seen).expect(409)).body).toMatchObject({
      code: 'conflict',
      current_release_id: newer,
    });
    await admin.http.get(`/api/releases/${newer}`).expect(200);
    await deactivate(newer).expect(200);
    await deactivate(newer).expect(404);
  });

  it('tells where going back leads, and needs a word when no device has proven that', async () => {
    const channel = 'back';
    const place = { compatible: 'test-board', channel };
    const { id } = await create({ channel, steps: '5,100' });
    await admin.http.get('/api/releases/back').query(place).expect(404);
    await create({ channel, bundle: 'v2.0.0.raucb' });
    const { body: target } = (await admin.http.get('/api/releases/back').query(place).expect(200)) as {
      body: object;
    };
    expect(target).toMatchObject({
      release_id: id,
      bundle: 'v1.0.0.raucb',
      policy: { steps: '5,100' },
      result: { state: 'running', step: 1, steps: 2, devices: 0, proven: 0, failed: 0 },
      ever_proven: false,
    });
    const refused = await admin.http.post('/api/releases/back').send(place).expect(409);
    expect(refused.body).toMatchObject({ unproven: true });
    const another = { ...place, expected_release: id + 1, unproven: true };
    await admin.http.post('/api/releases/back').send(another).expect(409);
    const back = await admin.http
      .post('/api/releases/back')
      .send({ ...place, expected_release: id, unproven: true })
      .expect(200);
    expect(back.body).toMatchObject({ id, rollout: { step: 1, policy: { steps: '5,100' } } });
    const answer = await admin.http.get('/api/history').query({ channel }).expect(200);
    expect((answer.body as { history: object[] }).history).toMatchObject([
      { release_id: id, ended_at: null, result: { step: 1, steps: 2 } },
      { bundle: 'v2.0.0.raucb', ended_at: expect.any(String) as string, result: { state: 'running' } },
      { release_id: id, ended_at: expect.any(String) as string },
    ]);
    await admin.http.post('/api/releases/deactivate').send(place).expect(200);
  });

  it('comes with an upload and with an activation, also from a form', async () => {
    const made = await makeBundle({ version: '3.0.0' });
    await admin.http
      .post('/upload')
      .set('Accept', 'application/json')
      .attach('bundle', made.path, 'v3.0.0.raucb')
      .field({ activate: 'on', channel: 'beta', steps: '5,100', pause_at_failures: '2', window: '' })
      .expect(201);
    await admin.http
      .post('/activate/v1.0.0.raucb')
      .set('Accept', 'application/json')
      .type('form')
      .send({ channel: '', steps: '10,100', promote_at_percent: '95', max_in_progress: '' })
      .expect(200);
    expect((await list()).map(({ rollout }) => rollout.policy)).toEqual([
      { ...everyone, steps: '5,100', pause_at_failures: 2 },
      { ...everyone, steps: '10,100', promote_at_percent: 95 },
    ]);
  });

  it.each([{ activate: 'true', steps: '25,5' }, { steps: '5,100' }, { channel: 'beta' }])(
    'is refused with an upload that says %j, before anything is stored',
    async (fields) => {
      const made = await makeBundle({ version: '3.0.0' });
      const upload = admin.http.post('/upload').attach('bundle', made.path, 'v3.0.0.raucb');
      await upload.field(fields).expect(400);
      expect((await admin.stored()).bundles).toHaveLength(2);
    },
  );
});

describe('a rollout', () => {
  it('tells its progress, step by step, and what it waits for', async () => {
    const { services } = admin.opened;
    const lab = new SimulatedDevice(services, 'lab-1', { now });
    const other = new SimulatedDevice(services, 'other-1', { now });
    for (const device of [lab, other]) await device.poll();
    await services.manageDevices.change('lab-1', { labels: ['lab'] }, { name: 'local', address: null });
    const { id } = await create({ steps: 'group:lab,100', promote_at_percent: 100, pause_at_failures: 5 });
    await lab.poll('t-1');
    expect(await one(id)).toMatchObject({
      progress: {
        steps: [
          { step: 'group:lab', devices: 1, proven: 0, installations: { downloading: 1 } },
          { step: '100', devices: 1, proven: 0, installations: {} },
        ],
        in_progress: 1,
        failures_in_step: 0,
        next: expect.stringContaining('0 of 1') as string,
        counted_at: '2026-11-02T12:00:00.000Z',
      },
    });
    const { text } = await admin.http.get('/metrics').expect(200);
    const series = 'rauc_rollout_installations_in_progress{compatible="test-board",channel="stable"} 1';
    expect(text).toContain(series);
    lab.boot();
    await lab.poll();
    expect(await one(id)).toMatchObject({ progress: { in_progress: 0, failures_in_step: 1 } });
    await move(id, 'pause', { reason: 'check the rollout again' }).expect(200);
    expect(await one(id)).toMatchObject({ rollout: { state: 'paused', reason: 'check the rollout again' } });
  });

  it('is promoted from the step that the caller saw, counted from 1, and once of two', async () => {
    const { id } = await create({ steps: '5,25,100' });
    const both = await Promise.all([1, 2].map(() => move(id, 'promote', { from_step: 1 })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await one(id)).toMatchObject({ rollout: { step: 2, changed_by: 'local' } });
    await move(id, 'promote', { from_step: 2 }).expect(200);
    const last = await move(id, 'promote', { from_step: 3 }).expect(409);
    expect(last.body).toMatchObject({ code: 'conflict' });
  });

  it('is paused, resumed and aborted, each from where that makes sense', async () => {
    const { id } = await create({ steps: '5,100' });
    await move(id, 'resume').expect(409);
    await move(id, 'pause').expect(200);
    await move(id, 'pause').expect(409);
    await move(id, 'promote', { from_step: 1 }).expect(409);
    await move(id, 'resume').expect(200);
    await move(id, 'abort', { reason: 'it eats batteries' }).expect(200);
    for (const verb of ['pause', 'resume', 'abort']) await move(id, verb).expect(409);
    expect(await one(id)).toMatchObject({ rollout: { state: 'aborted', reason: 'it eats batteries' } });
  });

  it.each([
    ['promote', {}],
    ['promote', { from_step: 0 }],
    ['promote', { from_step: 1.5 }],
    ['promote', { from_step: '1' }],
    ['pause', { reason: 'x'.repeat(201) }],
    ['abort', { reason: 1 }],
    ['resume', { unknown: 1 }],
  ])('refuses to %s with %j', async (verb, body) => {
    const { id } = await create({ steps: '5,100' });
    await move(id, verb, body).expect(400);
    expect(await one(id)).toMatchObject({ rollout: { state: 'running', step: 1 } });
  });

  it('is not found for what is not current', async () => {
    const { id } = await create();
    await create({ bundle: 'v2.0.0.raucb' });
    for (const verb of ['pause', 'resume', 'abort']) await move(id, verb).expect(404);
    await move(id, 'promote', { from_step: 1 }).expect(404);
    await admin.http.get(`/api/releases/${id}`).expect(404);
    await admin.http.get('/api/releases/x').expect(400);
  });
});

describe('undoing a release', () => {
  const steps = '5,25,100';

  it('restores what was current, in its step, while no device was offered it', async () => {
    const canary = await create({ steps });
    await move(canary.id, 'promote', { from_step: 1 }).expect(200);
    const { id } = await create({ bundle: 'v2.0.0.raucb' });
    expect(await one(id)).toMatchObject({ undo: { bundle: 'v1.0.0.raucb' } });
    const { body } = (await move(id, 'undo').expect(200)) as { body: unknown };
    expect(body).toMatchObject({ undone: id, release: { id: canary.id, rollout: { step: 2, steps: 3 } } });
    expect(await one(canary.id)).toMatchObject({ undo: null }); // it was brought back
    await move(id, 'undo').expect(409);
  });

  it('leaves nothing where nothing was', async () => {
    const { id } = await create();
    expect(await one(id)).toMatchObject({ undo: { bundle: null } });
    expect((await move(id, 'undo').expect(200)).body).toEqual({ undone: id, release: null });
    await move(4711, 'undo').expect(404);
  });

  it('is refused once a device was offered it', async () => {
    const { id } = await create();
    const device = new SimulatedDevice(admin.opened.services, 'board', { now, version: '0.9.0' });
    expect(await device.offered()).toBe('v1.0.0.raucb');
    expect(await one(id)).toMatchObject({ undo: null });
    expect((await move(id, 'undo').expect(409)).body).toMatchObject({ code: 'conflict' });
    expect(await device.offered()).toBe('v1.0.0.raucb');
  });
});

describe('a step for a label that no device has', () => {
  const warnings = [{ code: 'label-without-devices' }];
  const steps = 'group:lab,100';

  it('is warned of before and after the release is made, which is made all the same', async () => {
    const bundle = 'v1.0.0.raucb';
    const preview = () => admin.http.post('/api/releases/preview').send({ bundle, steps }).expect(200);
    expect((await preview()).body).toMatchObject({ warnings, changes: true, version: '1.0.0' });
    expect(await create({ steps })).toMatchObject({ warnings });
    const { body } = (await admin.http.post(`/activate/${bundle}`).send({ steps }).expect(200)) as {
      body: unknown;
    };
    expect(body).toMatchObject({ warnings });
    await new SimulatedDevice(admin.opened.services, 'board', { now, version: '0.9.0' }).poll();
    const person = { name: 'local', address: null };
    await admin.services.manageDevices.change('board', { labels: ['lab'] }, person);
    expect((await preview()).body).toMatchObject({ warnings: [] });
    expect(await create({ steps })).toMatchObject({ warnings: [] });
  });
});

describe('a step for an attribute', () => {
  it('is told of as it was asked for, and warned of until a device has it', async () => {
    const steps = 'attribute:product=gateway,100';
    const warnings = [{ code: 'attribute-without-devices' }];
    expect(await create({ steps })).toMatchObject({ warnings, rollout: { policy: { steps } } });
    const facts = { attributes: { product: 'gateway' } };
    await new SimulatedDevice(admin.opened.services, 'board', { now, facts }).poll();
    const { id } = await create({ steps: ['attribute:product=gateway', 100] });
    expect(await one(id)).toMatchObject({
      progress: {
        steps: [
          { step: 'attribute:product=gateway', devices: 1 },
          { step: '100', devices: 0 },
        ],
      },
    });
    expect(await create({ steps })).toMatchObject({ warnings: [] });
  });
});
