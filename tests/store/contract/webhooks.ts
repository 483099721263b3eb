import type { EventKind, NewEvent } from '../../../src/core/event';
import type { Webhook, WebhookProgress } from '../../../src/core/webhook';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const line = (kind: EventKind, name: string): NewEvent => ({
  kind,
  at,
  actor: { name, address: null },
  message: '',
});
const failed: WebhookProgress = {
  cursor: 2,
  attempts: 1,
  nextAttemptAt: at,
  failingSince: at,
  lastError: 'it is down',
  lastDeliveredAt: null,
};
const delivered: WebhookProgress = {
  cursor: 3,
  attempts: 0,
  nextAttemptAt: null,
  failingSince: null,
  lastError: null,
  lastDeliveredAt: at,
};

/** What every store of webhooks does. */
export function describeWebhookRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const webhooks = () => adapter.store.webhooks;
  const add = (name: string, by: string, maxWebhooks = 9) => {
    const made = { name, url: 'https://receiver.test/', kinds: ['device.'], createdAt: at, createdBy: by };
    return webhooks().add(made, `secret of ${name}`, [line('webhook.created', by)], maxWebhooks);
  };
  const turn = (isEnabled: boolean, by: string) =>
    webhooks().setEnabled('ops', isEnabled, [line('webhook.changed', by)]);
  const remove = (by: string) => webhooks().remove('ops', [line('webhook.deleted', by)]);

  /** One that begins after the second line of the journal. */
  async function made(): Promise<Webhook> {
    await adapter.store.journal.record([line('device.booted', 'a'), line('device.booted', 'b')]);
    const webhook = await add('ops', 'ann');
    if (typeof webhook === 'string') throw new Error(webhook);
    return webhook;
  }

  it('begins after the last line of the journal, and is there after a restart, with its secret', async () => {
    const webhook = await made();
    expect(webhook).toMatchObject({ cursor: 2, isEnabled: true, attempts: 0, kinds: ['device.'] });
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

  it('begins anew when it is turned on, and stays where it is when it is turned off', async () => {
    const webhook = await made();
    await webhooks().saveProgress(webhook, failed, []);
    const [off, on] = await Promise.all([turn(false, 'ann'), turn(true, 'bob')]);
    expect(off).toMatchObject({ isEnabled: false, cursor: 2, attempts: 0, lastError: null });
    expect(on).toMatchObject({ isEnabled: true, cursor: 4, attempts: 0, nextAttemptAt: null });
    expect(await webhooks().all()).toEqual([on]);
  });

  it.each([true, false])(
    'stays as it is, and nothing is told, when enabled is %s already',
    async (isEnabled) => {
      const webhook = await made();
      await webhooks().saveProgress(webhook, failed, []);
      await turn(isEnabled, 'ann');
      const before = await webhooks().all();
      await adapter.store.journal.record([line('device.booted', 'c')]);
      expect([await turn(isEnabled, 'bob')]).toEqual(before);
      expect(await webhooks().all()).toEqual(before);
      expect(await told(adapter)).not.toContain('bob: webhook.changed');
    },
  );

  it('takes what came of one of two attempts that began from the same state', async () => {
    const webhook = await made();
    const saved = await Promise.all([
      webhooks().saveProgress(webhook, failed, []),
      webhooks().saveProgress(webhook, delivered, [line('webhook.gave-up', 'server')]),
    ]);
    expect(saved).toEqual([true, false]);
    expect(await webhooks().all()).toEqual([{ ...webhook, ...failed }]);
    expect(await told(adapter)).not.toContain('server: webhook.gave-up');
  });

  it('takes nothing of an attempt when a person has changed it meanwhile', async () => {
    const webhook = await made();
    const [off, saved] = await Promise.all([
      turn(false, 'ann'),
      webhooks().saveProgress(webhook, delivered, []),
    ]);
    expect(saved).toBe(false);
    await webhooks().passOver(webhook.id, webhook.cursor, 3);
    expect(await webhooks().all()).toEqual([off]);
  });

  it('passes over lines from where it is, and from nowhere else', async () => {
    const webhook = await made();
    await Promise.all([
      webhooks().passOver(webhook.id, webhook.cursor, 3),
      webhooks().passOver(webhook.id, webhook.cursor, 9),
    ]);
    expect(await webhooks().all()).toEqual([{ ...webhook, cursor: 3 }]);
  });

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
    [
      'brought on',
      (webhook: Webhook) => webhooks().saveProgress(webhook, delivered, [line('webhook.gave-up', 'bob')]),
    ],
  ])('is %s as a whole or not at all, also after a restart', async (_what, change) => {
    const webhook = await made();
    const before = await told(adapter);
    await failAtEachStep(
      adapter,
      () => change(webhook),
      async () => {
        expect([await webhooks().all(), await told(adapter)]).toEqual([[webhook], before]);
      },
    );
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
