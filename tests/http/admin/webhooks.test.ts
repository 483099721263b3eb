import { circumstance } from '../../../src/core/circumstances/catalogue';
import type { DeliverEvent } from '../../../src/ports/webhooks';
import { type AdminListener, openAdminListener } from './admin-listener';

const person = { name: 'local', address: null };
const dayMs = 24 * 3_600_000;
let now: Date;
let admin: AdminListener;
let answer: DeliverEvent;
const refuse: DeliverEvent = () => Promise.resolve(circumstance('receiver-answered', { status: 500 }));
const take: DeliverEvent = () => Promise.resolve(null);

beforeEach(async () => {
  now = new Date('2026-11-02T12:00:00Z');
  answer = refuse;
  admin = await openAdminListener({
    now: () => now,
    change: () => ({ deliver: (...sent) => answer(...sent) }),
  });
  await create('ops').expect(201);
});
afterEach(() => admin.close());

const create = (name: string, more: object = {}) =>
  admin.http.post('/api/webhooks').send({ name, url: 'https://receiver.test/hook', ...more });
const happen = (id: string) => admin.services.manageDevices.create(id, {}, person);
const run = async () => (await admin.opened.services.sendWebhooks.begin()).ended;
const later = (ms: number) => (now = new Date(now.getTime() + ms));
const path = '/api/webhooks/ops';

interface Page {
  readonly deliveries: readonly { readonly event: number; readonly state: string }[];
  readonly next_before: number | null;
}
const list = async (query = '') =>
  (await admin.http.get(`${path}/deliveries${query}`).expect(200)).body as Page;
const replay = (event: number) => admin.http.post(`${path}/deliveries/${event}/replay`);
const replayed = async () =>
  (await admin.services.readJournal.search({ kinds: ['webhook.replayed'] }, { limit: 9 })).events;

/** Tries what waits until it is given up. */
async function giveUp(): Promise<void> {
  for (let attempt = 0; attempt <= 24; attempt += 1) {
    await run();
    later(dayMs / 12);
  }
}

describe('the deliveries of a webhook', () => {
  it('are listed with attempts, next try and last error', async () => {
    expect(await list()).toEqual({ deliveries: [], next_before: null });
    await happen('a');
    await run();
    const failed = {
      attempts: 1,
      last_error: 'it answered with HTTP 500',
      last_error_code: 'receiver-answered',
      last_error_parameters: { status: 500 },
      failing_since: now.toISOString(),
    };
    const { deliveries } = await list();
    expect(deliveries).toMatchObject([{ ...failed, state: 'waiting', ended_at: null }]);
    expect(deliveries).toMatchObject([{ next_attempt_at: expect.stringMatching(/Z$/) as string }]);
    expect(await list('?state=gave-up')).toEqual({ deliveries: [], next_before: null });
    await giveUp();
    expect(await list('?state=gave-up')).toMatchObject({
      deliveries: [
        { ...failed, state: 'gave-up', next_attempt_at: null, attempts: expect.any(Number) as number },
      ],
    });
  });

  it('come a page at a time, the newest event first', async () => {
    for (const id of ['a', 'b', 'c']) await happen(id);
    await run();
    const { deliveries } = await list();
    const events = deliveries.map(({ event }) => event);
    expect(events).toEqual([...events].sort((a, b) => b - a));
    const first = await list('?limit=2');
    expect(first.deliveries).toEqual(deliveries.slice(0, 2));
    expect(await list(`?limit=2&before=${String(first.next_before)}`)).toEqual({
      deliveries: deliveries.slice(2),
      next_before: null,
    });
  });

  it.each(['?state=lost', '?limit=0', '?limit=1001', '?before=x', '?since=1'])(
    'are not listed for %s',
    (query) => admin.http.get(`${path}/deliveries${query}`).expect(400),
  );

  it('are for the scope admin alone', async () => {
    const { secret } = await admin.services.manageTokens.create({
      name: 'ci',
      scope: 'publish',
      actor: person.name,
    });
    const asCi = { Authorization: `Bearer ${secret}` };
    await admin.http.get(`${path}/deliveries`).set(asCi).expect(403);
    await replay(1).set(asCi).expect(403);
    await admin.http.post(`${path}/replay`).set(asCi).expect(403);
    await admin.http.patch(path).set(asCi).send({ in_order: true }).expect(403);
  });

  it('of a webhook that is not there are not found', async () => {
    await admin.http.get('/api/webhooks/other/deliveries').expect(404);
    await admin.http.post('/api/webhooks/other/replay').expect(404);
    await admin.http.post('/api/webhooks/other/deliveries/1/replay').expect(404);
  });
});

describe('a replay', () => {
  it('sends an event that was given up again, and says so in the journal', async () => {
    await happen('a');
    await giveUp();
    const [{ event } = { event: 0 }] = (await list('?state=gave-up')).deliveries;
    answer = take;
    expect((await replay(event).expect(200)).body).toEqual({ replayed: 1 });
    expect(await list()).toMatchObject({ deliveries: [{ event, state: 'waiting', attempts: 0 }] });
    await run();
    expect(await list('?state=delivered')).toMatchObject({ deliveries: [{ event }] });
    expect(await replayed()).toMatchObject([{ actor: { name: 'local' }, after: { event, deliveries: 1 } }]);
  });

  it('sends one that waits at once, also when two people ask for it', async () => {
    await happen('a');
    await run();
    const [{ event } = { event: 0 }] = (await list()).deliveries;
    answer = take;
    const answers = await Promise.all([replay(event), replay(event)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await run();
    expect(await list()).toMatchObject({ deliveries: [{ event, state: 'delivered' }] });
  });

  it('sends all that were given up, and none when there are none', async () => {
    for (const id of ['a', 'b']) await happen(id);
    await giveUp();
    const all = async () => (await admin.http.post(`${path}/replay`).expect(200)).body as object;
    expect(await all()).toEqual({ replayed: 2, more: false });
    expect(await all()).toEqual({ replayed: 0, more: false });
    expect(await replayed()).toMatchObject([{ after: { deliveries: 2 } }]);
  });

  it('of an event that has no delivery is not found, and of a webhook that is off a conflict', async () => {
    await happen('a');
    await giveUp();
    const [{ event } = { event: 0 }] = (await list()).deliveries;
    await replay(event + 1_000).expect(404);
    await admin.http.post(`${path}/deliveries/x/replay`).expect(400);
    await admin.http.post(`${path}/disable`).expect(200);
    await replay(event).expect(409);
    await admin.http.post(`${path}/replay`).expect(409);
    expect(await replayed()).toEqual([]);
  });
});

describe('the order of a webhook', () => {
  it('is chosen when it is made, and later', async () => {
    expect((await create('audit', { in_order: true }).expect(201)).body).toMatchObject({
      webhook: { in_order: true },
    });
    const change = (body: object) => admin.http.patch(path).send(body);
    expect((await change({ in_order: true }).expect(200)).body).toMatchObject({ in_order: true });
    for (const id of ['a', 'b']) await happen(id);
    await run();
    expect(await list()).toMatchObject({ deliveries: [{ attempts: 0 }, { attempts: 1 }] });
    expect((await change({ in_order: false }).expect(200)).body).toMatchObject({ in_order: false });
    await run();
    expect(await list()).toMatchObject({ deliveries: [{ attempts: 1 }, { attempts: 1 }] });
  });

  it.each([{}, { in_order: 'yes' }, { in_order: true, url: 'https://other.test/' }])(
    'is not changed by %j',
    (body) => admin.http.patch(path).send(body).expect(400),
  );

  it('of a webhook that is not there is not found', async () => {
    await admin.http.patch('/api/webhooks/other').send({ in_order: true }).expect(404);
  });
});
