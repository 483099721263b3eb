import { circumstance } from '../../../../src/core/circumstances/catalogue';
import { DomainError } from '../../../../src/core/errors';
import { type NewEvent, theServer } from '../../../../src/core/event';
import type { Store } from '../../../../src/ports/store';
import type { WebhookDeliveries } from '../../../../src/ports/webhook-deliveries';
import type { DeliverEvent } from '../../../../src/ports/webhooks';
import { anyReason } from '../../../support/any-reason';
import { eventually } from '../../../support/eventually';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';

const person = { name: 'token:ann', address: null };
const at = new Date('2026-11-02T12:00:00Z');
const line: NewEvent = { kind: 'device.booted', at, actor: theServer, reason: anyReason() };
const url = 'https://receiver.test/hook?key=s3cret';

let opened: OpenedServices;
/** Ids of events, as the receiver saw them. */
let delivered: string[];
let now: Date;
let answer: DeliverEvent;
let change: (deliveries: WebhookDeliveries) => Partial<WebhookDeliveries>;

const open = (dataDir?: string) =>
  openServices({
    ...(dataDir === undefined ? {} : { dataDir }),
    now: () => now,
    change: () => ({
      deliver: (webhook, secret, delivery, signal) => {
        delivered.push(delivery.id);
        return answer(webhook, secret, delivery, signal);
      },
    }),
    changeStore: ({ deliveries }: Store) => ({
      deliveries: {
        ...deliveries,
        save: (...saved) => ({ ...deliveries, ...change(deliveries) }).save(...saved),
      },
    }),
  });
const create = (inOrder = false) =>
  opened.services.manageWebhooks.create({ name: 'ops', url, kinds: ['device.'], inOrder }, person);
const happen = (times: number) => opened.store.journal.record(Array.from({ length: times }, () => line));
const run = async () => (await opened.services.sendWebhooks.begin()).ended;
const later = (ms: number) => (now = new Date(now.getTime() + ms));
const list = async (state?: 'waiting' | 'delivered' | 'gave-up' | 'skipped') =>
  (await opened.services.manageDeliveries.list('ops', { limit: 99, ...(state && { state }) })).deliveries;
const hook = async () => (await opened.services.manageWebhooks.list())[0];
/** Goes on as a restart does, also as one after a kill: a close writes nothing of what is on its way. */
async function restart(): Promise<void> {
  await opened.close();
  opened = await open(opened.dataDir);
}

beforeEach(async () => {
  delivered = [];
  now = at;
  answer = () => Promise.resolve(null);
  change = () => ({});
  opened = await open();
});
afterEach(() => opened.close());

/** All events but the first, which the receiver refuses. */
const refuseFirst: DeliverEvent = (_webhook, _secret, { id }) =>
  Promise.resolve(id === delivered[0] ? 'it answered with HTTP 500' : null);

describe('an event that is refused', () => {
  beforeEach(() => (answer = refuseFirst));

  it('does not block those behind it, and is tried again by itself', async () => {
    await create();
    await happen(6);
    await run();
    expect(delivered).toHaveLength(6);
    expect(await list('waiting')).toMatchObject([
      {
        eventId: Number(delivered[0]),
        attempts: 1,
        lastError: 'it answered with HTTP 500',
        failingSince: now,
      },
    ]);
    expect(await list('delivered')).toHaveLength(5);
    expect(await hook()).toMatchObject({ waiting: 1, failing: 1, attempts: 1, failingSince: now });
    await run();
    expect(delivered).toHaveLength(6); // it is not due
    answer = () => Promise.resolve(null);
    later(10_000);
    await run();
    expect(delivered.slice(6)).toEqual([delivered[0]]);
    expect(await hook()).toMatchObject({ waiting: 0, failing: 0, lastError: null, failingSince: null });
  });

  it('blocks those behind it where order is asked for', async () => {
    await create(true);
    await happen(3);
    await run();
    expect(delivered).toHaveLength(1);
    answer = () => Promise.resolve(null);
    later(10_000);
    await run();
    const [first = ''] = delivered;
    expect(delivered).toEqual([first, first, String(Number(first) + 1), String(Number(first) + 2)]);
  });

  it('lets those behind it go when a person no longer asks for order', async () => {
    await create(true);
    await happen(3);
    await run();
    await opened.services.manageWebhooks.setInOrder('ops', false, person);
    await run();
    expect(new Set(delivered).size).toBe(3);
    expect(
      (await opened.services.readJournal.search({ kinds: ['webhook.changed'] }, { limit: 9 })).events,
    ).toMatchObject([{ actor: person, after: { in_order: false } }]);
  });

  it('says why without the secret and the query of the URL', async () => {
    const { secret } = await create();
    answer = (webhook) => Promise.resolve(`cannot call ${webhook.url}: ${secret} is wrong`);
    await happen(1);
    await run();
    expect((await hook())?.lastError).toBe('cannot call …: … is wrong');
    expect(await list()).toMatchObject([{ lastError: 'cannot call …: … is wrong' }]);
    await expect(opened.services.manageWebhooks.test('ops')).rejects.toMatchObject({
      message: 'the receiver did not accept it: cannot call …: … is wrong',
    });
  });
});

describe('events on their way', () => {
  /** Receivers that have not answered yet. */
  let answers: ((failure: string | null) => void)[];
  beforeEach(() => {
    answers = [];
    answer = (_webhook, _secret, _delivery, signal) =>
      new Promise((resolve) => {
        answers.push(resolve);
        signal?.addEventListener('abort', () => resolve('it was cut short'));
      });
  });

  it('are four at a time, whoever looks for what is due', async () => {
    await create();
    await happen(6);
    const runs = [run(), run()];
    await eventually(() => answers.length === 4);
    runs.push(run());
    answers.shift()?.(null);
    await eventually(() => answers.length === 4);
    expect(delivered).toHaveLength(5);
    answer = () => Promise.resolve(null);
    for (const resolve of answers) resolve(null);
    await Promise.all(runs);
    expect(new Set(delivered).size).toBe(6);
    expect(delivered).toHaveLength(6);
  });

  it('hold up no event that comes later, when one receives no answer', async () => {
    await create();
    await happen(1);
    const first = run();
    await eventually(() => answers.length === 1);
    answer = () => Promise.resolve(null);
    await happen(2);
    void run();
    await eventually(async () => (await list('delivered')).length === 2);
    expect(delivered).toHaveLength(3);
    for (const resolve of answers) resolve(null);
    await first;
    expect(await list('delivered')).toHaveLength(3);
  });

  it('are sent again after a kill, under the same id, and those behind them once', async () => {
    await create(true);
    await happen(2);
    const running = run();
    await eventually(() => answers.length === 1);
    await happen(1); // it has no delivery yet
    await restart();
    await running;
    expect((await list()).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['waiting', 0],
      ['waiting', 0],
    ]);
    answer = () => Promise.resolve(null);
    await run();
    const [first] = delivered;
    expect(delivered).toEqual([first, first, ...delivered.slice(2)]);
    expect(new Set(delivered.slice(1)).size).toBe(3);
    expect(delivered).toHaveLength(4);
  });
});

describe('a receiver that is down', () => {
  beforeEach(() => (answer = () => Promise.resolve('it is down')));

  it('is asked a few times a look, not for each event, also when the clock is set forward', async () => {
    await create();
    await happen(40);
    const askedIn = async (look: () => Promise<void>) => {
      const before = delivered.length;
      await look();
      return delivered.length - before;
    };
    for (let look = 0; look < 12; look += 1) {
      if (look % 4 === 3) later(4 * 365 * 86_400_000);
      const asked = await askedIn(run);
      expect(asked).toBeGreaterThan(0);
      expect(asked).toBeLessThan(8);
    }
  });

  it('is asked again when the clock is set back', async () => {
    await create();
    await happen(1);
    await run();
    later(-365 * 86_400_000);
    await run();
    expect(delivered).toHaveLength(2);
    expect(await list()).toMatchObject([{ attempts: 2, state: 'waiting' }]);
  });

  it('has a thousand events waiting at the most; the rest stays in the journal and is not lost', async () => {
    await create();
    await happen(1_003);
    await run();
    expect(await hook()).toMatchObject({ waiting: 1_000 });
    expect(await opened.services.sendWebhooks.counts()).toMatchObject({ waiting: 1_000, full: 1 });
    const cursor = (await hook())?.cursor ?? 0;
    let taken = 0;
    answer = () => Promise.resolve((taken += 1) <= 3 ? null : 'it is down');
    await run();
    expect(await hook()).toMatchObject({ waiting: 997, cursor });
    await run();
    expect(await hook()).toMatchObject({ waiting: 1_000, cursor: cursor + 3 });
  });
});

describe('what came of an event that cannot be saved', () => {
  const full = () => Promise.reject(new DomainError('storage-full', 'the disk is full'));

  it('keeps the server from sending more until it can, and from sending it again', async () => {
    await create(true);
    await happen(3);
    change = () => ({ save: full });
    await run();
    for (let look = 0; look < 3; look += 1) {
      await expect(opened.services.sendWebhooks.begin()).rejects.toEqual(refusal('storage-full'));
      await eventually(() => delivered.length > 0);
    }
    expect(delivered).toHaveLength(1);
    change = () => ({});
    await opened.services.sendWebhooks.begin().catch(() => undefined);
    await eventually(async () => (await list('delivered')).length === 3);
    expect(delivered).toHaveLength(3);
  });

  it('is sent again after a kill', async () => {
    await create(true);
    await happen(1);
    change = () => ({ save: full });
    await run();
    await restart();
    change = () => ({});
    await run();
    expect(delivered).toEqual([delivered[0], delivered[0]]);
    expect(await list()).toMatchObject([{ state: 'delivered' }]);
  });
});

describe('a replay', () => {
  const replays = async () =>
    (await opened.services.readJournal.search({ kinds: ['webhook.replayed'] }, { limit: 9 })).events;
  /** Has the receiver refuse what waits, until it is given up. */
  async function giveUp(): Promise<void> {
    answer = () => Promise.resolve('it is down');
    do {
      await run();
      later(3 * 3_600_000);
    } while ((await list('waiting')).length > 0);
  }

  it('sends one event again under its id, which the journal tells', async () => {
    await create();
    await happen(2);
    await run();
    const [first = ''] = delivered;
    await opened.services.manageDeliveries.replay('ops', Number(first), person);
    await run();
    expect(delivered.slice(2)).toEqual([first]);
    expect(await replays()).toMatchObject([
      { actor: person, after: { event: Number(first), deliveries: 1 } },
    ]);
  });

  it('sends all that were given up, and nothing else', async () => {
    await create();
    await happen(2);
    await run();
    await happen(2);
    await giveUp();
    const given = await list('gave-up');
    expect(given).toHaveLength(2);
    const { manageDeliveries } = opened.services;
    expect(await manageDeliveries.replayGivenUp('ops', person)).toEqual({ replayed: 2, isMore: false });
    delivered = [];
    answer = () => Promise.resolve(null);
    await run();
    expect(delivered.sort()).toEqual(given.map(({ eventId }) => String(eventId)).sort());
    expect(await replays()).toMatchObject([{ actor: person, after: { deliveries: 2 } }]);
  });

  it('is refused for what is not there, and while the webhook is off', async () => {
    await create();
    await happen(1);
    await run();
    const event = Number(delivered[0]);
    const { manageDeliveries, manageWebhooks } = opened.services;
    await expect(manageDeliveries.replay('dev', event, person)).rejects.toEqual(refusal('not-found'));
    await expect(manageDeliveries.replay('ops', event + 9, person)).rejects.toEqual(refusal('not-found'));
    await expect(manageDeliveries.list('dev', { limit: 1 })).rejects.toEqual(refusal('not-found'));
    await manageWebhooks.setEnabled('ops', false, person);
    await expect(manageDeliveries.replay('ops', event, person)).rejects.toEqual(refusal('conflict'));
    await expect(manageDeliveries.replayGivenUp('ops', person)).rejects.toEqual(refusal('conflict'));
    expect(await replays()).toEqual([]);
  });
});

it('an event that is no longer in the journal is given up, and holds up nothing', async () => {
  await create(true);
  answer = () => Promise.resolve('it is down');
  await happen(1);
  await run();
  await opened.store.journal.prune(new Date(now.getTime() + 1), 99);
  await happen(1);
  answer = () => Promise.resolve(null);
  later(10_000);
  await run();
  expect(await list()).toMatchObject([
    { state: 'delivered' },
    { state: 'gave-up', kind: null, lastError: circumstance('event-pruned') },
  ]);
  await expect(opened.services.manageDeliveries.replay('ops', Number(delivered[0]), person)).rejects.toEqual(
    refusal('conflict'),
  );
});

it('what came of a delivery is kept for 30 days', async () => {
  await create();
  await happen(1);
  await run();
  const leftAfter = async (days: number) => {
    later(days * 86_400_000);
    await opened.services.runHousekeeping();
    return (await list()).length;
  };
  expect(await leftAfter(29)).toBe(1);
  expect(await leftAfter(2)).toBe(0);
});
