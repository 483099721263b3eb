import type { EventKind, NewEvent } from '../../../src/core/event';
import type { Webhook } from '../../../src/core/webhook';
import type { DeliveryProgress } from '../../../src/core/webhook-delivery';
import { anyReason } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const line = (kind: EventKind, name: string): NewEvent => ({
  kind,
  at,
  actor: { name, address: null },
  reason: anyReason(),
});
const failed: DeliveryProgress = {
  state: 'waiting',
  attempts: 1,
  nextAttemptAt: at,
  failingSince: at,
  lastError: 'it is down',
  endedAt: null,
};

/** What every store of webhooks does. */
export function describeWebhookRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const webhooks = () => adapter.store.webhooks;
  const deliveries = () => adapter.store.deliveries;
  const add = (name: string, by: string, maxWebhooks = 9) => {
    const made = {
      name,
      url: 'https://receiver.test/',
      kinds: ['device.'],
      inOrder: false,
      createdAt: at,
      createdBy: by,
    };
    return webhooks().add(made, `secret of ${name}`, [line('webhook.created', by)], maxWebhooks);
  };
  const turn = (isEnabled: boolean, by: string) =>
    webhooks().setEnabled('ops', isEnabled, at, [line('webhook.changed', by)]);
  const remove = (by: string) => webhooks().remove('ops', at, [line('webhook.deleted', by)]);

  /** One that begins after the second line of the journal. */
  async function made(): Promise<Webhook> {
    await adapter.store.journal.record([line('device.booted', 'a'), line('device.booted', 'b')]);
    const webhook = await add('ops', 'ann');
    if (typeof webhook === 'string') throw new Error(webhook);
    return webhook;
  }

  it('begins after the last line of the journal, and is there after a restart, with its secret', async () => {
    const webhook = await made();
    expect(webhook).toMatchObject({ cursor: 2, isEnabled: true, inOrder: false, kinds: ['device.'] });
    await adapter.reopen();
    expect(await webhooks().all()).toEqual([webhook]);
    const signing = { webhook, secret: 'secret of ops' };
    expect(await webhooks().find({ name: 'ops' })).toEqual(signing);
    expect(await webhooks().find({ id: webhook.id })).toEqual(signing);
    expect(await webhooks().find({ name: 'dev' })).toBeUndefined();
  });

  it('gives a name to the first of two who add it at once', async () => {
    const [first, second] = await Promise.all([add('ops', 'ann'), add('ops', 'bob')]);
    expect(second).toBe('name-in-use');
    expect(await webhooks().all()).toEqual([first]);
    expect(await told(adapter)).toEqual(['ann: webhook.created']);
  });

  it('gives the last place to the first of two who want it at once', async () => {
    await add('one', 'ann', 2);
    const [second, third] = await Promise.all([add('two', 'ann', 2), add('three', 'bob', 2)]);
    expect([second, third]).toEqual([expect.objectContaining({ name: 'two' }), 'too-many']);
    expect(await told(adapter)).toHaveLength(2);
  });

  it('is removed by the first of two at once, and the second finds nothing to change', async () => {
    await made();
    expect(await Promise.all([remove('ann'), remove('bob'), turn(true, 'bob')])).toEqual([
      true,
      false,
      undefined,
    ]);
    expect((await told(adapter)).slice(3)).toEqual(['ann: webhook.deleted']);
  });

  /** One whose last attempt failed, and for which event 1 waits. */
  async function failing(): Promise<Webhook> {
    const webhook = await made();
    await deliveries().queue({ webhookId: webhook.id, from: 2, to: 3, eventIds: [1] }, 9, at);
    await deliveries().save({ webhookId: webhook.id, eventId: 1, attempts: 0 }, failed, []);
    return webhook;
  }

  it('begins again when it is turned on, and skips what waits when it is turned off', async () => {
    const { id } = await failing();
    expect(await webhooks().all()).toMatchObject([{ cursor: 3, lastError: 'it is down' }]);
    const [off, on] = await Promise.all([turn(false, 'ann'), turn(true, 'bob')]);
    expect(off).toMatchObject({ isEnabled: false, cursor: 3, lastError: null });
    expect(on).toMatchObject({ isEnabled: true, cursor: 4, lastError: null });
    expect(await webhooks().all()).toEqual([on]);
    expect((await deliveries().page(id, { limit: 9 })).deliveries).toMatchObject([
      { eventId: 1, state: 'skipped', attempts: 1, nextAttemptAt: null, endedAt: at },
    ]);
    expect(await deliveries().queues()).toEqual(new Map());
  });

  it('skips what waits when it is removed', async () => {
    const { id } = await failing();
    await remove('ann');
    expect((await deliveries().page(id, { limit: 9 })).deliveries).toMatchObject([{ state: 'skipped' }]);
  });

  it('is put in order by the first of two at once, and the second changes nothing', async () => {
    const webhook = await made();
    const order = (inOrder: boolean, by: string) =>
      webhooks().setInOrder('ops', inOrder, [line('webhook.changed', by)]);
    const ordered = { ...webhook, inOrder: true };
    expect(await Promise.all([order(true, 'ann'), order(true, 'bob')])).toEqual([ordered, ordered]);
    expect(await webhooks().setInOrder('dev', true, [])).toBeUndefined();
    expect((await told(adapter)).slice(3)).toEqual(['ann: webhook.changed']);
  });

  it.each([true, false])(
    'stays as it is, and nothing is told, when enabled is %s already',
    async (isEnabled) => {
      await failing();
      await turn(isEnabled, 'ann');
      const before = await webhooks().all();
      await adapter.store.journal.record([line('device.booted', 'c')]);
      expect([await turn(isEnabled, 'bob')]).toEqual(before);
      expect(await webhooks().all()).toEqual(before);
      expect(await told(adapter)).not.toContain('bob: webhook.changed');
    },
  );

  it('is added as a whole or not at all', async () => {
    await failAtEachStep(
      adapter,
      () => add('ops', 'ann'),
      async () => {
        expect([await webhooks().all(), await told(adapter)]).toEqual([[], []]);
      },
    );
    expect(await webhooks().all()).toMatchObject([{ name: 'ops' }]);
  });

  it.each([
    ['turned off', () => turn(false, 'bob')],
    ['removed', () => remove('bob')],
    ['put in order', () => webhooks().setInOrder('ops', true, [line('webhook.changed', 'bob')])],
  ])('is %s as a whole or not at all, also after a restart', async (_what, change) => {
    const webhook = await made();
    const before = await told(adapter);
    await failAtEachStep(adapter, change, async () => {
      expect([await webhooks().all(), await told(adapter)]).toEqual([[webhook], before]);
    });
    await adapter.reopen();
    expect(await webhooks().all()).not.toEqual([webhook]);
    expect(await told(adapter)).toHaveLength(before.length + 1);
  });

  it('is shown as it was while a change hangs', async () => {
    const webhook = await made();
    const release = adapter.hang();
    const turning = turn(false, 'ann');
    expect(await webhooks().all()).toEqual([webhook]);
    release();
    expect(await turning).toMatchObject({ isEnabled: false });
  });
}
