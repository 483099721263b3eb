import { circumstance } from '../../../src/core/circumstances/catalogue';
import { type NewEvent, theServer } from '../../../src/core/event';
import type { Webhook } from '../../../src/core/webhook';
import type { DeliveryProgress } from '../../../src/core/webhook-delivery';
import { anyReason } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const after = (seconds: number) => new Date(at.getTime() + seconds * 1_000);
const booted: NewEvent = { kind: 'device.booted', at, actor: theServer, reason: anyReason() };
const failed = (attempts: number, seconds: number): DeliveryProgress => ({
  state: 'waiting',
  attempts,
  nextAttemptAt: after(seconds),
  failingSince: at,
  lastError: 'it is down',
  endedAt: null,
});
const ended = (state: 'delivered' | 'gave-up'): DeliveryProgress => ({
  state,
  attempts: 9,
  nextAttemptAt: null,
  failingSince: at,
  lastError: 'it is down',
  endedAt: at,
});
const gaveUp: NewEvent = { kind: 'webhook.gave-up', at, actor: theServer, reason: anyReason() };
const again = (room = 9) => ({
  at: after(5),
  room,
  line: (replayed: number): NewEvent => ({
    kind: 'webhook.replayed',
    at,
    actor: { name: `ann, ${replayed}`, address: null },
    reason: anyReason(),
  }),
});

/** What every store of deliveries does. */
export function describeWebhookDeliveries(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  let webhook: Webhook;
  beforeEach(async () => {
    adapter = await make();
    const made = { name: 'ops', url: 'https://receiver.test/', kinds: [], inOrder: false };
    const added = await adapter.store.webhooks.add(
      { ...made, createdAt: at, createdBy: 'ann' },
      'secret of ops',
      [],
      9,
    );
    if (typeof added === 'string') throw new Error(added);
    webhook = added;
    await adapter.store.journal.record([booted, booted, booted, booted]);
  });
  afterEach(() => adapter.close());

  const deliveries = () => adapter.store.deliveries;
  const queue = (from: number, to: number, eventIds: readonly number[], room = 9) =>
    deliveries().queue({ webhookId: webhook.id, from, to, eventIds }, room, at);
  const place = (eventId: number, attempts = 0) => ({ webhookId: webhook.id, eventId, attempts });
  const due = async (seconds: number, inOrder = false, limit = 9) =>
    (await deliveries().due({ id: webhook.id, inOrder }, after(seconds), limit)).map(
      ({ eventId }) => eventId,
    );
  const states = async () =>
    (await deliveries().page(webhook.id, { limit: 9 })).deliveries.map(
      ({ eventId, state }) => `${eventId} ${state}`,
    );
  const cursor = async () => (await adapter.store.webhooks.all())[0]?.cursor;
  const turnOff = () => adapter.store.webhooks.setEnabled('ops', false, at, []);

  it('are made with the cursor in one step, and are there after a restart', async () => {
    expect(await queue(0, 4, [1, 3])).toEqual({ cursor: 4, isWhole: true });
    await adapter.reopen();
    expect(await cursor()).toBe(4);
    expect((await deliveries().page(webhook.id, { limit: 9 })).deliveries).toEqual(
      [3, 1].map((eventId) => ({
        eventId,
        kind: 'device.booted',
        at,
        state: 'waiting',
        attempts: 0,
        nextAttemptAt: at,
        failingSince: null,
        lastError: null,
        endedAt: null,
      })),
    );
  });

  it('are made once by two who look through the same lines', async () => {
    expect(await Promise.all([queue(0, 4, [1, 3]), queue(0, 4, [1, 3])])).toEqual([
      { cursor: 4, isWhole: true },
      undefined,
    ]);
    expect(await states()).toEqual(['3 waiting', '1 waiting']);
  });

  it('are not made when the webhook was turned off or moved on', async () => {
    expect(await queue(1, 4, [2])).toBeUndefined();
    await turnOff();
    expect(await queue(0, 4, [1])).toBeUndefined();
    expect([await states(), await cursor()]).toEqual([[], 0]);
  });

  it('are made as far as there is room, the rest when some have ended', async () => {
    expect(await queue(0, 4, [1, 2, 3], 2)).toEqual({ cursor: 2, isWhole: false });
    expect(await queue(2, 4, [3], 2)).toEqual({ cursor: 2, isWhole: false });
    await deliveries().save(place(1), ended('delivered'), []);
    expect(await queue(2, 4, [3], 2)).toEqual({ cursor: 4, isWhole: true });
    expect(await states()).toEqual(['3 waiting', '2 waiting', '1 delivered']);
  });

  it('are due the longest first, and also when the clock was set back by far', async () => {
    await queue(0, 4, [1, 2, 3, 4]);
    await deliveries().save(place(1), failed(1, 20), []);
    await deliveries().save(place(2), failed(1, 10), []);
    await deliveries().save(place(3), failed(1, 3 * 3_600), []);
    expect(await due(0)).toEqual([4, 3]);
    expect(await due(20)).toEqual([4, 2, 1, 3]);
    expect(await due(20, false, 2)).toEqual([4, 2]);
    expect(await due(3_600)).toEqual([4, 2, 1]);
    expect(await due(-1)).toEqual([3]);
  });

  it('are due one by one in order', async () => {
    await queue(0, 4, [1, 2]);
    expect(await due(0, true)).toEqual([1]);
    await deliveries().save(place(1), failed(1, 10), []);
    expect(await due(0, true)).toEqual([]);
    expect(await due(10, true)).toEqual([1]);
    await deliveries().save(place(1, 1), ended('gave-up'), []);
    expect(await due(10, true)).toEqual([2]);
  });

  it('are opened with their event while they wait', async () => {
    await queue(0, 4, [2, 9]);
    expect(await deliveries().open(place(2))).toMatchObject({
      webhook: { name: 'ops', cursor: 4 },
      secret: 'secret of ops',
      delivery: { eventId: 2, state: 'waiting' },
      event: { id: 2, kind: 'device.booted' },
    });
    expect(await deliveries().open(place(9))).toMatchObject({ event: undefined, delivery: { kind: null } });
    expect(await deliveries().open(place(2, 1))).toBeUndefined();
    await deliveries().save(place(2), ended('delivered'), []);
    expect(await deliveries().open(place(2))).toBeUndefined();
    await deliveries().letGo(place(9));
    await turnOff();
    expect(await deliveries().open(place(9))).toBeUndefined();
  });

  it('are opened again when the caller has let go of them, or has saved an attempt', async () => {
    await queue(0, 4, [1]);
    expect(await deliveries().open(place(1))).toBeDefined();
    await deliveries().letGo(place(1));
    expect(await due(0)).toEqual([1]);
    expect(await deliveries().open(place(1))).toBeDefined();
    await deliveries().save(place(1), failed(1, 0), []);
    expect(await due(0)).toEqual([1]);
    expect(await deliveries().open(place(1, 1))).toBeDefined();
  });

  it('take what came of one of two attempts that began from the same state', async () => {
    await queue(0, 4, [1]);
    const saved = await Promise.all([
      deliveries().save(place(1), failed(1, 10), []),
      deliveries().save(place(1), ended('gave-up'), [gaveUp]),
    ]);
    expect(saved).toEqual([true, false]);
    expect(await states()).toEqual(['1 waiting']);
    expect(await told(adapter)).not.toContain('server: webhook.gave-up');
  });

  it('take nothing of an attempt when a person has turned the webhook off meanwhile', async () => {
    await queue(0, 4, [1]);
    await turnOff();
    expect(await deliveries().save(place(1), ended('delivered'), [])).toBe(false);
    expect(await states()).toEqual(['1 skipped']);
  });

  it('tell the webhook what the last attempt came to', async () => {
    const told = async () =>
      (await adapter.store.webhooks.all()).map((one) => [one.lastError, one.lastDeliveredAt]);
    await queue(0, 4, [1]);
    await deliveries().save(place(1), failed(1, 10), []);
    expect(await told()).toEqual([['it is down', null]]);
    const answered = circumstance('receiver-answered', { status: 503 });
    await deliveries().save(place(1, 1), { ...failed(2, 20), lastError: answered }, []);
    expect(await told()).toEqual([[answered, null]]);
    await deliveries().save(place(1, 2), ended('delivered'), []);
    expect(await told()).toEqual([[null, at]]);
  });

  it('are counted while they wait, with what fails longest', async () => {
    await queue(0, 4, [1, 2, 3]);
    const none = { attempts: 0, nextAttemptAt: null, failingSince: null, lastError: null };
    expect(await deliveries().queues()).toEqual(new Map([[webhook.id, { waiting: 3, failing: 0, ...none }]]));
    await deliveries().save(place(1), { ...failed(1, 10), failingSince: after(1), lastError: 'no' }, []);
    await deliveries().save(place(2), failed(3, 20), []);
    const longest = { attempts: 3, nextAttemptAt: after(20), failingSince: at, lastError: 'it is down' };
    expect(await deliveries().queues()).toEqual(
      new Map([[webhook.id, { waiting: 3, failing: 2, ...longest }]]),
    );
  });

  it('are listed page by page, all or those of a state', async () => {
    await queue(0, 4, [1, 2, 3, 4]);
    for (const event of [1, 2, 4]) await deliveries().save(place(event), ended('gave-up'), []);
    const first = await deliveries().page(webhook.id, { state: 'gave-up', limit: 2 });
    expect([first.deliveries.map(({ eventId }) => eventId), first.nextBefore]).toEqual([[4, 2], 2]);
    const second = await deliveries().page(webhook.id, { state: 'gave-up', limit: 2, beforeEvent: 2 });
    expect([second.deliveries.map(({ eventId }) => eventId), second.nextBefore]).toEqual([[1], null]);
    expect(
      (await deliveries().page(webhook.id, { limit: 3 })).deliveries.map(({ eventId }) => eventId),
    ).toEqual([4, 3, 2]);
    expect(await deliveries().page(webhook.id + 1, { limit: 3 })).toEqual({
      deliveries: [],
      nextBefore: null,
    });
  });

  it('wait again, due at once and without failures, when a person replays them', async () => {
    await queue(0, 4, [1, 2, 3]);
    await deliveries().save(place(1), ended('gave-up'), []);
    await deliveries().save(place(2), ended('delivered'), []);
    await deliveries().save(place(3), failed(3, 900), []);
    for (const event of [1, 2, 3])
      expect(await deliveries().replay(webhook.id, event, again())).toBe('replayed');
    expect((await deliveries().page(webhook.id, { limit: 9 })).deliveries).toMatchObject(
      [3, 2, 1].map((eventId) => ({
        eventId,
        state: 'waiting',
        attempts: 0,
        nextAttemptAt: after(5),
        failingSince: null,
        endedAt: null,
      })),
    );
    expect((await told(adapter)).slice(-3)).toEqual(Array(3).fill('ann, 1: webhook.replayed'));
  });

  it('are not replayed without a delivery, an event, room, or a webhook that is on', async () => {
    await queue(0, 4, [1, 2, 9]);
    for (const event of [1, 9]) await deliveries().save(place(event), ended('gave-up'), []);
    const before = [await states(), await told(adapter)];
    expect(await deliveries().replay(webhook.id, 3, again())).toBe('no-delivery');
    expect(await deliveries().replay(webhook.id, 9, again())).toBe('no-event');
    expect(await deliveries().replay(webhook.id, 1, again(1))).toBe('full');
    expect(await deliveries().replay(webhook.id, 2, again(1))).toBe('replayed'); // it waits already
    expect(await states()).toEqual(before[0]);
    await turnOff();
    expect(await deliveries().replay(webhook.id, 1, again())).toBe('off');
    expect(await deliveries().replayGivenUp(webhook.id, again())).toBe('off');
    expect(await told(adapter)).toEqual([...(before[1] ?? []), 'ann, 1: webhook.replayed']);
  });

  it('are replayed when they were given up, as far as there is room and an event', async () => {
    await queue(0, 4, [1, 2, 3, 4, 9]);
    await deliveries().save(place(1), ended('delivered'), []);
    for (const event of [2, 3, 9]) await deliveries().save(place(event), ended('gave-up'), []);
    expect(await deliveries().replayGivenUp(webhook.id, again(2))).toEqual({ replayed: 1, isMore: true });
    expect(await states()).toEqual(['9 gave-up', '4 waiting', '3 gave-up', '2 waiting', '1 delivered']);
    expect(await deliveries().replayGivenUp(webhook.id, again(2))).toEqual({ replayed: 0, isMore: true });
    expect(await deliveries().replayGivenUp(webhook.id, again())).toEqual({ replayed: 1, isMore: false });
    expect((await told(adapter)).slice(4)).toEqual(Array(2).fill('ann, 1: webhook.replayed'));
  });

  it('are removed when they ended long ago, a few at a time', async () => {
    await queue(0, 4, [1, 2, 3, 4]);
    for (const [event, seconds] of [
      [1, 0],
      [2, 1],
      [3, 9],
    ] as const)
      await deliveries().save(place(event), { ...ended('delivered'), endedAt: after(seconds) }, []);
    expect(await deliveries().prune(after(9), 1)).toBe(1);
    expect(await deliveries().prune(after(9), 5)).toBe(1);
    expect(await deliveries().prune(after(9), 5)).toBe(0);
    expect(await states()).toEqual(['4 waiting', '3 delivered']);
  });

  it.each([
    ['made', () => queue(4, 5, [4])],
    ['saved', () => deliveries().save(place(1), ended('gave-up'), [gaveUp])],
    ['replayed', () => deliveries().replay(webhook.id, 2, again())],
    ['replayed together', () => deliveries().replayGivenUp(webhook.id, again())],
  ])('are %s as a whole or not at all', async (_what, change) => {
    await queue(0, 4, [1, 2]);
    await deliveries().save(place(2), ended('gave-up'), []);
    const look = async () => [
      await states(),
      await cursor(),
      await told(adapter),
      await deliveries().queues(),
    ];
    const before = await look();
    await failAtEachStep(adapter, change, async () => {
      expect(await look()).toEqual(before);
    });
    expect(await look()).not.toEqual(before);
  });
}
