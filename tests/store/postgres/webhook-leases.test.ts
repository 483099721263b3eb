import { type NewEvent, theServer } from '../../../src/core/event';
import type { Webhook } from '../../../src/core/webhook';
import type { DeliveryProgress } from '../../../src/core/webhook-delivery';
import type { WebhookDeliveries } from '../../../src/ports/webhook-deliveries';
import type { DeliverEvent, WebhookRecords } from '../../../src/ports/webhooks';
import { createDescribeWebhooks } from '../../../src/services/webhooks/describe-webhooks';
import { WebhookSender } from '../../../src/services/webhooks/send-webhooks';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { createWebhookDeliveries } from '../../../src/store/postgres/webhook-deliveries';
import { createWebhookRecords } from '../../../src/store/postgres/webhook-records';
import { anyReason } from '../../support/any-reason';
import { eventually } from '../../support/eventually';
import { type Postgres, startDatabase } from '../../support/postgres';

const name = 'webhooks';
const at = new Date('2026-11-02T12:00:00Z');
const line: NewEvent = { kind: 'device.booted', at, actor: theServer, reason: anyReason() };
const ended: DeliveryProgress = {
  state: 'delivered',
  attempts: 1,
  nextAttemptAt: null,
  failingSince: null,
  lastError: null,
  endedAt: at,
};

interface Node {
  readonly database: Database;
  readonly journal: PostgresJournal;
  readonly webhooks: WebhookRecords;
  readonly deliveries: WebhookDeliveries;
}

/** Two servers that send at once, as when one stood still while it led and another has taken over. */
describe('the webhooks of two nodes', () => {
  let postgres: Postgres;
  let url: string;
  let nodes: readonly [Node, Node];
  let webhook: Webhook;
  const senders: WebhookSender[] = [];

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
  });
  beforeEach(async () => {
    await postgres.empty(name);
    nodes = [await open(), await open()];
  });
  afterEach(async () => {
    for (const sender of senders.splice(0)) await sender.close();
    for (const { database } of nodes) await database.close();
  });

  async function open(): Promise<Node> {
    const database = await openDatabase(url);
    const journal = new PostgresJournal(database);
    const deliveries = createWebhookDeliveries(database, journal);
    return { database, journal, webhooks: createWebhookRecords(database, journal), deliveries };
  }

  async function make({ inOrder = false, events = 1 } = {}): Promise<void> {
    const [{ webhooks, journal }] = nodes;
    const made = { name: 'ops', url: 'https://receiver.test/', kinds: [], inOrder };
    const added = await webhooks.add({ ...made, createdAt: at, createdBy: 'ann' }, 'secret', [], 9);
    if (typeof added === 'string') throw new Error(added);
    webhook = added;
    await journal.record(Array.from({ length: events }, () => line));
  }
  async function queue(eventIds: readonly number[]): Promise<void> {
    const part = { webhookId: webhook.id, from: 0, to: eventIds.length, eventIds };
    await nodes[0].deliveries.queue(part, 99, at);
  }
  const place = (eventId: number) => ({ webhookId: webhook.id, eventId, attempts: 0 });
  const opened = async ({ deliveries }: Node, eventId = 1) =>
    (await deliveries.open(place(eventId)))?.delivery.eventId;
  const due = async ({ deliveries }: Node) =>
    (await deliveries.due(webhook, at, 9)).map(({ eventId }) => eventId);
  const passLeases = () => postgres.run("UPDATE webhook_leases SET ends_at = now() - interval '1 s'", name);

  function sender({ webhooks, deliveries, journal }: Node, deliver: DeliverEvent): WebhookSender {
    const made = new WebhookSender({
      webhooks,
      deliveries,
      journal,
      deliver,
      describe: createDescribeWebhooks({ webhooks, deliveries }),
      agoMs: () => 0,
      now: () => at,
      random: () => 0.5,
    });
    senders.push(made);
    return made;
  }
  const run = async (one: WebhookSender) => (await one.begin()).ended;

  it('are opened by one of them, and are due for none until that one has saved or let go of it', async () => {
    const [a, b] = nodes;
    await make({ events: 2 });
    await queue([1, 2]);
    const both = await Promise.all([opened(a), opened(b)]);
    expect(both.filter((one) => one === 1)).toHaveLength(1);
    const [owner, other] = both[0] === 1 ? [a, b] : [b, a];
    expect([await due(owner), await due(other)]).toEqual([[2], [2]]);
    await other.deliveries.letGo(place(1)); // which it does not have
    expect(await opened(other)).toBeUndefined();
    await owner.deliveries.letGo(place(1));
    expect(await due(other)).toEqual([1, 2]);
    expect(await opened(other)).toBe(1);
    const progress = { ...ended, state: 'waiting', nextAttemptAt: at } as const;
    await other.deliveries.save(place(1), progress, []);
    expect(await owner.deliveries.open({ ...place(1), attempts: 1 })).toBeDefined();
  });

  it('stay in order: while the first is on its way from one, nothing is due for the other', async () => {
    const [a, b] = nodes;
    await make({ events: 2, inOrder: true });
    await queue([1, 2]);
    expect(await opened(a)).toBe(1);
    expect(await due(b)).toEqual([]);
    await a.deliveries.save(place(1), ended, []);
    expect(await due(b)).toEqual([2]);
  });

  it('are taken over from one that died or stood still, which can then neither let go nor save twice', async () => {
    const [a, b] = nodes;
    await make();
    await queue([1]);
    expect(await opened(a)).toBe(1);
    await passLeases();
    expect(await due(b)).toEqual([1]);
    expect(await opened(b)).toBe(1);
    await a.deliveries.letGo(place(1));
    expect(await due(a)).toEqual([]);
    expect(await b.deliveries.save(place(1), ended, [])).toBe(true);
    expect(await a.deliveries.save(place(1), ended, [])).toBe(false);
  });

  it.each([true, false])('are sent once when both send at once, in order: %s', async (inOrder) => {
    await make({ events: 20, inOrder });
    const sent: number[] = [];
    const deliver: DeliverEvent = (_webhook, _secret, { id }) => {
      sent.push(Number(id));
      return Promise.resolve(null);
    };
    const both = nodes.map((node) => sender(node, deliver));
    const isDone = async () => (await due(nodes[0])).length === 0 && sent.length >= 20;
    await eventually(async () => {
      await Promise.all(both.map(run)); // as every second: one stops early when all is with the other
      return isDone();
    });
    const ids = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(inOrder ? sent : [...sent].sort((one, other) => one - other)).toEqual(ids);
  });

  it('are due for the other at once when a server is stopped in the middle of a call', async () => {
    await make();
    const calls: string[] = [];
    const hanging: DeliverEvent = (_webhook, _secret, { id }, signal) => {
      calls.push(`a ${id}`);
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve('it was cut short')));
    };
    const first = sender(nodes[0], hanging);
    await first.begin();
    await eventually(() => calls.length === 1);
    await first.close();
    await run(
      sender(nodes[1], (_webhook, _secret, { id }) => {
        calls.push(`b ${id}`);
        return Promise.resolve(null);
      }),
    );
    expect(calls).toEqual(['a 1', 'b 1']);
  });
});
