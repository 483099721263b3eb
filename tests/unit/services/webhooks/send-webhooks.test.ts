import { type NewEvent, theServer } from '../../../../src/core/event';
import type { DeliverEvent, WebhookRecords } from '../../../../src/ports/webhooks';
import { anyReason } from '../../../support/any-reason';
import { eventually } from '../../../support/eventually';
import { type OpenedServices, openServices } from '../../../support/services';

const person = { name: 'local', address: null };
const at = new Date('2026-11-02T12:00:00Z');
const line: NewEvent = { kind: 'device.booted', at, actor: theServer, reason: anyReason() };

describe('webhooks that others change while they are sent', () => {
  let opened: OpenedServices;
  /** Ids of events, as the receiver saw them. */
  let delivered: string[];
  let now: Date;
  let answer: DeliverEvent;
  let change: (records: WebhookRecords) => Partial<WebhookRecords>;

  beforeEach(async () => {
    delivered = [];
    now = at;
    answer = () => Promise.resolve(null);
    change = () => ({});
    opened = await openServices({
      now: () => now,
      change: () => ({
        deliver: (webhook, secret, delivery, signal) => {
          delivered.push(delivery.id);
          return answer(webhook, secret, delivery, signal);
        },
      }),
      changeStore: ({ webhooks }) => ({ webhooks: { ...webhooks, all: () => changed(webhooks).all() } }),
    });
    await opened.services.manageWebhooks.create(
      { name: 'ops', url: 'https://receiver.test/', kinds: [], inOrder: true },
      person,
    );
    await opened.store.journal.record([line, line]);
  });
  afterEach(() => opened.close());

  const changed = (records: WebhookRecords): WebhookRecords => ({ ...records, ...change(records) });
  const run = async () => (await opened.services.sendWebhooks.begin()).ended;
  const hook = async () => (await opened.services.manageWebhooks.list())[0];
  const turn = (isEnabled: boolean) => opened.services.manageWebhooks.setEnabled('ops', isEnabled, person);

  it('sends each event once when two runs look for what is due at once', async () => {
    await Promise.all([run(), run(), run()]);
    expect(new Set(delivered).size).toBe(2);
    expect(delivered).toHaveLength(2);
  });

  it('begins nothing when it is closed while it looks for what is due', async () => {
    let look: () => void = () => undefined;
    change = (records) => ({
      all: async () => {
        await new Promise<void>((resolve) => (look = resolve));
        return records.all();
      },
    });
    const running = run();
    await opened.services.sendWebhooks.close();
    look();
    await running;
    expect(delivered).toEqual([]);
  });

  it('keeps what a person decided while an attempt failed', async () => {
    let fail: (why: string) => void = () => undefined;
    answer = () => new Promise((resolve) => (fail = resolve));
    const first = run();
    await eventually(() => delivered.length === 1);
    fail('it is down');
    await first;
    expect(await hook()).toMatchObject({ attempts: 1, lastError: 'it is down' });

    await turn(false);
    await turn(true); // it begins with what happens from now on, without its failures
    await opened.store.journal.record([line]);
    const second = run();
    await eventually(() => delivered.length === 2);
    await turn(false);
    await turn(true);
    fail('it is down');
    await second;
    expect(await hook()).toMatchObject({ attempts: 0, lastError: null, nextAttemptAt: null });
  });

  it('sends what waits for its next attempt when a person turns on what is on', async () => {
    answer = () => Promise.resolve('it is down');
    await run();
    expect(await hook()).toMatchObject({ attempts: 1 });
    await turn(true);
    expect(await hook()).toMatchObject({ attempts: 1, lastError: 'it is down' });
    answer = () => Promise.resolve(null);
    now = new Date(at.getTime() + 60_000);
    await run();
    expect(delivered).toHaveLength(3);
    expect(new Set(delivered).size).toBe(2);
  });

  it('saves nothing for a webhook that was deleted and made again meanwhile', async () => {
    let accept: () => void = () => undefined;
    answer = () => new Promise((resolve) => (accept = () => resolve(null)));
    const running = run();
    await eventually(() => delivered.length === 1);
    await opened.services.manageWebhooks.remove('ops', person);
    const made = { name: 'ops', url: 'https://elsewhere.test/', kinds: [] };
    const { webhook } = await opened.services.manageWebhooks.create(made, person);
    accept();
    await running;
    expect(await hook()).toEqual(webhook);
  });
});
