import { makeBundle } from '../../support/bundle-factory';
import { eventually } from '../../support/eventually';
import { SimulatedDevice } from '../../support/simulated-device';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');

interface ListBody {
  devices: { id: string; installation: object | null }[];
  next: string | null;
  total: number;
}

let admin: AdminListener;

/** `board-1` to `board-5` were told of `v1.raucb`; `board-3` failed on it. */
beforeEach(async () => {
  admin = await openAdminListener({ now });
  await admin.opened.publish((await makeBundle()).path, { name: 'v1.raucb', activate: true });
  for (const id of ['board-1', 'board-2', 'board-3', 'board-4', 'board-5']) await device(id).poll();
  await device('board-3').report('failed', { log: 'no space left' });
});

afterEach(() => admin.close());

const device = (id: string) => new SimulatedDevice(admin.opened.services, id, { now });
const idsOf = ({ devices }: ListBody) => devices.map(({ id }) => id);

async function list(query: Record<string, string | number>): Promise<ListBody> {
  const { body } = (await admin.http.get('/api/devices').query(query).expect(200)) as { body: unknown };
  return body as ListBody;
}

describe('GET /api/devices', () => {
  it('goes through the fleet a page at a time', async () => {
    const first = await list({ limit: 2, order: 'desc' });
    expect(idsOf(first)).toEqual(['board-5', 'board-4']);
    const second = await list({ limit: 2, order: 'desc', after: first.next ?? '' });
    const third = await list({ limit: 2, order: 'desc', after: second.next ?? '' });
    expect([...idsOf(second), ...idsOf(third)]).toEqual(['board-3', 'board-2', 'board-1']);
    expect([first.total, second.total, third.total, third.next]).toEqual([5, 5, 5, null]);
  });

  it.each<[Record<string, string | number>, string[]]>([
    [{ state: 'failed' }, ['board-3']],
    [{ search: 'BOARD-4' }, ['board-4']],
    [{ held: 'true' }, ['board-1']],
    [{ held: 'false', sort: 'state' }, ['board-3', 'board-2', 'board-4', 'board-5']],
    [{ label: 'lab' }, ['board-2']],
    [{ channel: 'stable', version: '0.9.0', compatible: 'test-board', release: 1, limit: 1 }, ['board-1']],
    [{ waiting: 'true' }, []],
    [{ pinned: 'true' }, []],
    [{ search: 'LAB' }, ['board-2']],
    [{ search: '127.0.0.1', limit: 2 }, ['board-1', 'board-2']],
    [{ last_contact_before: '1m' }, []],
    [{ last_contact_before: '2026-11-02T13:00:00+01:00' }, []],
    [{ last_contact_before: '2026-11-02T12:00:00.001Z', label: 'lab' }, ['board-2']],
  ])('finds those that fit %j', async (query, ids) => {
    await admin.http.post('/api/devices/board-1/hold').expect(200);
    await admin.http
      .patch('/api/devices/board-2')
      .send({ labels: ['lab'] })
      .expect(200);
    expect(idsOf(await list(query))).toEqual(ids);
  });

  it.each([
    'sort=name',
    'order=up',
    'limit=0',
    'limit=1001',
    'limit=x',
    'state=broken',
    'held=perhaps',
    'release=x',
    'unknown=1',
    'after=nowhere',
    'after=',
    `search=${'x'.repeat(101)}`,
    'version=',
    'last_contact_before=',
    'last_contact_before=yesterday',
    'last_contact_before=7w',
    'last_contact_before=2026-02-30T00:00:00Z',
  ])('refuses %s', async (query) => {
    const { body } = (await admin.http.get(`/api/devices?${query}`).expect(400)) as { body: unknown };
    expect(body).toMatchObject({ code: 'invalid-input' });
  });
});

describe('one device', () => {
  it('is shown with what it told, what was decided, and its latest installation', async () => {
    const { body } = (await admin.http.get('/api/devices/board-3').expect(200)) as { body: unknown };
    expect(body).toMatchObject({
      id: 'board-3',
      compatible: 'test-board',
      system_version: '0.9.0',
      boot_id: 'board-3-boot-1',
      address: '127.0.0.1',
      protocol: 'h2',
      channel: 'stable',
      labels: [],
      admission: 'admitted',
      hold: null,
      pin: null,
      certificates: [{ serial: '01', first_seen_at: now().toISOString() }],
      first_contact_at: now().toISOString(),
      installation: { bundle: 'v1.raucb', state: 'failed', target_version: '1.0.0', step: 1, progress: null },
    });
  });

  it('is not there when nobody knows it', async () => {
    for (const path of ['/api/devices/nobody', '/api/devices/nobody/explain', '/api/devices/..%2Fx'])
      expect((await admin.http.get(path).expect(404)).body).toMatchObject({ code: 'not-found' });
    await admin.http.delete('/api/devices/nobody').expect(404);
    await admin.http.patch('/api/devices/nobody').send({ notes: 'x' }).expect(404);
    await admin.http.post('/api/devices/nobody/hold').expect(404);
  });

  it('tells how far it is, and what an adaptive update saved', async () => {
    const { services } = admin.opened;
    const { bundle } = services.listBundles.get('v1.raucb');
    const identity = { id: 'board-1', certificateSerial: '01', compatibles: [] };
    await device('board-1').begin('t-1');
    const sent = Math.floor(bundle.sizeBytes * 0.245); // whatever the length of its signature
    services.deviceEvents.take(identity, { kind: 'progressed', by: 'payload', bundle, bytes: sent });
    await services.runHousekeeping();
    const show = async () => {
      const { body } = (await admin.http.get('/api/devices/board-1').expect(200)) as { body: unknown };
      return (body as { installation: object }).installation;
    };
    expect(await show()).toMatchObject({ state: 'downloading', progress: 24, bytes_saved: null });
    await device('board-1').report('installed', { transactionId: 't-1' });
    expect(await show()).toMatchObject({
      state: 'installed',
      progress: 100,
      bytes_sent: sent,
      bytes_saved: bundle.sizeBytes - sent,
    });
  });

  it('is made ahead of its first contact, once', async () => {
    const input = { id: 'ahead', channel: 'beta', labels: ['lab'], notes: 'spare' };
    const { body } = (await admin.http.post('/api/devices').send(input).expect(201)) as { body: unknown };
    expect(body).toMatchObject({ ...input, first_contact_at: null, installation: null });
    expect((await admin.http.post('/api/devices').send(input).expect(409)).body).toMatchObject({
      code: 'conflict',
    });
    for (const id of ['../x', ' ', 'x'.repeat(65)])
      await admin.http.post('/api/devices').send({ id }).expect(400);
    await admin.http.post('/api/devices').send({ id: 'b', color: 'red' }).expect(400);
  });

  it('is changed as far as it is said', async () => {
    const patch = (body: object) => admin.http.patch('/api/devices/board-1').send(body);
    await patch({ channel: 'beta', labels: ['a', 'b'] }).expect(200);
    const changed = patch({ add_labels: ['c'], remove_labels: ['a'], notes: 'noted' }).expect(200);
    const { body } = (await changed) as { body: unknown };
    expect(body).toMatchObject({ channel: 'beta', labels: ['b', 'c'], notes: 'noted' });
    expect((await patch({}).expect(200)).body).toEqual(body);
    for (const wrong of [{ channel: 'no word' }, { labels: ['no word'] }, { hold: null }, { labels: 'a' }])
      await patch(wrong).expect(400);
  });

  it('is forgotten', async () => {
    expect((await admin.http.delete('/api/devices/board-1').expect(200)).body).toEqual({
      forgotten: 'board-1',
    });
    await admin.http.get('/api/devices/board-1').expect(404);
    expect((await list({})).total).toBe(4);
  });
});

describe('what people do to a device', () => {
  it('is answered with the device after it', async () => {
    const post = async (verb: string, body: object = {}) =>
      (await admin.http.post(`/api/devices/board-1/${verb}`).send(body).expect(200)).body as object;
    expect(await post('hold', { reason: 'on a desk' })).toMatchObject({
      hold: { reason: 'on a desk', by: 'local' },
    });
    expect(await post('unhold')).toMatchObject({ hold: null });
    expect(await post('pin', { bundle: 'v1.raucb' })).toMatchObject({ pin: { bundle: 'v1.raucb' } });
    expect(await post('unpin')).toMatchObject({ pin: null });
    expect(await post('admit')).toMatchObject({ admission: 'admitted' });
    expect(await post('cancel')).toMatchObject({ installation: { state: 'cancelled', cleared_at: null } });
    expect(await post('clear')).toMatchObject({ installation: { cleared_at: now().toISOString() } });
  });

  it('is refused when it cannot be done', async () => {
    await admin.http.post('/api/devices/board-3/cancel').expect(409);
    await admin.http.post('/api/devices/board-3/pin').send({ bundle: 'gone.raucb' }).expect(404);
    await admin.http.post('/api/devices/board-3/pin').send({}).expect(400);
    await admin.http.post('/api/devices/board-3/hold').send({ because: 'x' }).expect(400);
    await admin.http.post('/api/devices/board-3/explode').expect(404);
  });

  it('may be one thing for many, each answered for itself', async () => {
    const act = (body: object) => admin.http.post('/api/devices/actions').send(body);
    const ids = ['board-1', 'nobody', 'board-2', 'board-1'];
    expect((await act({ action: 'hold', ids, value: 'stop' }).expect(200)).body).toMatchObject({
      done: ['board-1', 'board-2'],
      failed: [{ id: 'nobody', code: 'not-found' }],
    });
    expect(idsOf(await list({ held: 'true' }))).toEqual(['board-1', 'board-2']);
    for (const [action, value] of [
      ['unhold'],
      ['pin', 'v1.raucb'],
      ['unpin'],
      ['channel', 'beta'],
      ['add-label', 'lab'],
      ['add-label', 'old'],
      ['remove-label', 'old'],
      ['clear'],
      ['admit'],
    ]) {
      const acted = act({ action, ids: ['board-1'], value }).expect(200);
      const { body } = (await acted) as { body: unknown };
      expect({ action, ...(body as object) }).toEqual({ action, done: ['board-1'], failed: [] });
    }
    expect((await admin.http.get('/api/devices/board-1')).body).toMatchObject({
      hold: null,
      pin: null,
      channel: 'beta',
      labels: ['lab'],
    });
  });

  it('leaves a device alone that is called as the bulk route is', async () => {
    await admin.http.post('/api/devices').send({ id: 'actions' }).expect(201);
    await admin.http.get('/api/devices/actions').expect(200);
    await admin.http.put('/api/devices/actions').expect(405);
    await admin.http.delete('/api/devices/actions').expect(200);
  });

  it.each([
    { action: 'explode', ids: ['board-1'] },
    { action: 'hold', ids: [] },
    { action: 'hold', ids: Array.from({ length: 1001 }, (_, index) => `d-${index}`) },
    { action: 'pin', ids: ['board-1'] },
    { action: 'channel', ids: ['board-1'], value: 'x'.repeat(65) },
    { action: 'channel', ids: ['board-1'], value: 'no word' },
    { action: 'add-label', ids: ['board-1'], value: '' },
    { action: 'add-label', ids: ['board-1'], value: 'no word' },
  ])('is refused for all when it makes no sense', async (body) => {
    const { body: problem } = (await admin.http.post('/api/devices/actions').send(body).expect(400)) as {
      body: unknown;
    };
    expect(problem).toMatchObject({ code: 'invalid-input' });
  });
});

describe('GET /api/devices/{id}/explain', () => {
  interface ProtocolAnswer {
    offered: string | null;
    reason: string | null;
    rules: { rule: string; passed: boolean | null; message: string }[];
  }
  const explain = async (id: string) =>
    (await admin.http.get(`/api/devices/${id}/explain`).expect(200)).body as Record<
      'manifest' | 'polling',
      ProtocolAnswer
    >;
  const outcome = ({ rules }: ProtocolAnswer, rule: string) => rules.find((one) => one.rule === rule)?.passed;

  it('tells by every rule what a device would get, and changes nothing', async () => {
    const before = (await admin.http.get('/api/devices/board-1')).body as object;
    const { manifest, polling } = await explain('board-1');
    expect([manifest.offered, polling.offered]).toEqual(['v1.raucb', 'v1.raucb']);
    expect(outcome(manifest, 'not-held')).toBe(true);
    expect(outcome(manifest, 'streamable')).toBeNull();
    expect(outcome(polling, 'streamable')).toBe(true);
    expect((await admin.http.get('/api/devices/board-1')).body).toEqual(before);
  });

  it('names every protocol, and says the same under the names that scripts know', async () => {
    const { body } = (await admin.http.get('/api/devices/board-1/explain').expect(200)) as { body: unknown };
    const { answers, manifest, polling } = body as Record<
      'answers' | 'manifest' | 'polling',
      { rules?: object }
    >;
    expect(answers).toEqual([
      { protocol: 'manifest', ...manifest },
      { protocol: 'polling', ...polling },
      { ...manifest, protocol: 'ddi', rules: polling.rules },
    ]);
  });

  it('does not claim to know what its certificate is bound to', async () => {
    expect(outcome((await explain('board-1')).manifest, 'certificate')).toBeNull();
  });

  it('tells the first rule that failed, and goes on with the others', async () => {
    await admin.http.post('/api/devices/board-3/hold').send({ reason: 'smoke' }).expect(200);
    const { manifest } = await explain('board-3');
    expect(manifest).toMatchObject({ offered: null, reason: 'held' });
    expect(manifest.rules.find(({ rule }) => rule === 'not-held')?.message).toContain('smoke');
    expect(outcome(manifest, 'tries-left')).toBe(false);
    expect(outcome(manifest, 'step')).toBe(true);
  });

  it('tells where the two protocols differ', async () => {
    const plain = await makeBundle({ format: 'plain', version: '2.0.0' });
    await admin.opened.publish(plain.path, { name: 'plain.raucb', activate: true });
    const { manifest, polling } = await explain('board-1');
    expect(manifest.offered).toBe('plain.raucb');
    expect(polling).toMatchObject({ offered: null, reason: 'plain-not-streamable' });
  });

  it('judges a device that was made ahead by the default compatible', async () => {
    await admin.http.post('/api/devices').send({ id: 'ahead' }).expect(201);
    expect((await explain('ahead')).manifest.offered).toBe('v1.raucb');
  });
});

describe('installations', () => {
  it('are listed newest first, a page at a time', async () => {
    const get = async (query: object) =>
      (await admin.http.get('/api/installations').query(query).expect(200)).body as {
        installations: { id: number; device: string; state: string }[];
        next_before: number | null;
      };
    const first = await get({ limit: 3 });
    expect(first.installations.map((one) => one.device)).toEqual(['board-5', 'board-4', 'board-3']);
    const second = await get({ limit: 3, before: String(first.next_before) });
    expect(second.installations.map((one) => one.device)).toEqual(['board-2', 'board-1']);
    expect(second.next_before).toBeNull();
    expect((await get({ state: 'failed' })).installations).toMatchObject([{ device: 'board-3' }]);
    expect((await get({ device: 'board-4', bundle: 'v1.raucb', release: 1 })).installations).toHaveLength(1);
    await admin.http.get('/api/installations?state=broken').expect(400);
    await admin.http.get('/api/installations?device=').expect(400);
  });

  it('have the log that came with a report', async () => {
    const { body } = (await admin.http.get('/api/devices/board-3')) as { body: unknown };
    const { id } = (body as { installation: { id: number } }).installation;
    expect((await admin.http.get(`/api/installations/${id}/log`).expect(200)).body).toEqual({
      log: 'no space left',
      at: now().toISOString(),
    });
    await admin.http.get('/api/installations/4711/log').expect(404);
    await admin.http.get('/api/installations/x/log').expect(400);
  });
});

describe('GET /api/fleet', () => {
  it('counts', async () => {
    await admin.http.post('/api/devices/board-1/hold').expect(200);
    await admin.http.patch('/api/devices/board-2').send({ channel: 'beta' }).expect(200);
    const { body } = (await admin.http.get('/api/fleet').expect(200)) as { body: { counts: object[] } };
    const kind = { compatible: 'test-board', channel: 'stable', system_version: '0.9.0' };
    expect(body).toMatchObject({ devices: 5, waiting: 0, held: 1, pinned: 0 });
    expect(body.counts).toHaveLength(3);
    expect(body.counts).toEqual(
      expect.arrayContaining([
        { ...kind, state: 'offered', devices: 3 },
        { ...kind, state: 'failed', devices: 1 },
        { ...kind, channel: 'beta', state: 'offered', devices: 1 },
      ]),
    );
  });
});

describe('who may', () => {
  it('needs a token to read, one to publish for decisions, and an admin to forget', async () => {
    const guarded = await openAdminListener({ admin: { requireToken: true } });
    const secretOf = async (scope: 'read' | 'publish' | 'admin') =>
      (await guarded.opened.services.manageTokens.create({ name: scope, scope, actor: 'local' })).secret;
    const [read, publish, all] = [await secretOf('read'), await secretOf('publish'), await secretOf('admin')];
    const as = (secret: string) => ({ Authorization: `Bearer ${secret}` });
    const { http } = guarded;
    await http.get('/api/devices').expect(401);
    await http.get('/api/devices').set(as(read)).expect(200);
    await http.get('/api/fleet').set(as(read)).expect(200);
    await http.post('/api/devices').set(as(read)).send({ id: 'a' }).expect(403);
    await http.post('/api/devices').set(as(publish)).send({ id: 'a' }).expect(201);
    await http.patch('/api/devices/a').set(as(read)).send({ notes: 'x' }).expect(403);
    const held = await http.post('/api/devices/a/hold').set(as(publish)).expect(200);
    expect(held.body).toMatchObject({ hold: { by: 'token:publish' } });
    await http
      .post('/api/devices/actions')
      .set(as(read))
      .send({ action: 'unhold', ids: ['a'] })
      .expect(403);
    await http.delete('/api/devices/a').set(as(publish)).expect(403);
    await http.delete('/api/devices/a').set(as(all)).expect(200);
    await guarded.close();
  });

  it('is no other web page', async () => {
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    await admin.http.patch('/api/devices/board-1').set(foreign).send({ channel: 'beta' }).expect(403);
    await admin.http.delete('/api/devices/board-1').set(foreign).expect(403);
    await admin.http.get('/api/devices/board-1').expect(200);
  });
});

describe('the fleet in GET /metrics', () => {
  const metric = async (name: string) => {
    const { text } = await admin.http.get('/metrics').expect(200);
    return text.split('\n').filter((line) => line.startsWith(`${name}{`));
  };

  it('has devices by version, state and decision, and what installations came to', async () => {
    await admin.http.post('/api/devices/board-1/hold').expect(200);
    expect(await metric('rauc_devices')).toEqual(['rauc_devices{compatible="test-board",version="0.9.0"} 5']);
    const states = await metric('rauc_devices_by_state');
    expect(states).toContain('rauc_devices_by_state{state="offered"} 4');
    expect(states).toContain('rauc_devices_by_state{state="failed"} 1');
    expect(states).toContain('rauc_devices_by_state{state="proven"} 0');
    expect(await metric('rauc_devices_decided')).toEqual([
      'rauc_devices_decided{decision="waiting"} 0',
      'rauc_devices_decided{decision="held"} 1',
      'rauc_devices_decided{decision="pinned"} 0',
    ]);
    const outcomes = await metric('rauc_installations_total');
    expect(outcomes).toContain('rauc_installations_total{state="offered"} 5');
    expect(outcomes).toContain('rauc_installations_total{state="failed"} 1');
    await device('board-3').report('failed', { log: 'again' });
    expect(await metric('rauc_installations_total')).toEqual(outcomes);
  });

  it('has so many versions and no more, whatever devices tell', async () => {
    const polls = Array.from({ length: 60 }, (_, index) =>
      new SimulatedDevice(admin.opened.services, `dev-${index}`, { version: `9.${index}`, now }).poll(),
    );
    await Promise.all(polls);
    await eventually(async () => (await admin.opened.services.listFleet.attention()).devices === 65);
    const lines = await metric('rauc_devices');
    expect(lines).toHaveLength(51);
    expect(lines).toContain('rauc_devices{compatible="test-board",version="0.9.0"} 5');
    expect(lines).toContain('rauc_devices{compatible="other",version="other"} 11');
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        admin.opened.services.manageDevices.forget(`dev-${index}`, {
          name: 'local',
          address: null,
        }),
      ),
    );
    expect(await metric('rauc_devices')).toHaveLength(1);
  });
});
