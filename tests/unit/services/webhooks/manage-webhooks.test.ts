import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';

const ann = { name: 'token:ann', address: null };
const bob = { name: 'token:bob', address: null };
const wanted = (name: string) => ({ name, url: 'https://receiver.test/', kinds: [] });

describe('of two people who change webhooks at once', () => {
  let opened: OpenedServices;
  beforeEach(async () => {
    opened = await openServices();
  });
  afterEach(() => opened.close());

  const manage = () => opened.services.manageWebhooks;
  const tellers = async (kind: string) =>
    (await opened.services.readJournal.search({ kinds: [kind] }, { limit: 99 })).events.map(
      ({ actor }) => actor.name,
    );

  it('the second to make one of a name is refused', async () => {
    const made = await Promise.allSettled([
      manage().create(wanted('ops'), ann),
      manage().create({ ...wanted('ops'), url: 'https://elsewhere.test/' }, bob),
    ]);
    expect(made).toMatchObject([{ status: 'fulfilled' }, { reason: refusal('conflict') }]);
    expect(await manage().list()).toMatchObject([{ url: 'https://receiver.test/', createdBy: ann.name }]);
    expect(await tellers('webhook.created')).toEqual([ann.name]);
  });

  it('both find them by name, as people count', async () => {
    for (const name of ['hook-10', 'hook-9']) await manage().create(wanted(name), ann);
    expect((await manage().list()).map(({ name }) => name)).toEqual(['hook-9', 'hook-10']);
  });

  it('one takes the last place, and the other is refused', async () => {
    for (let count = 0; count < 49; count += 1) await manage().create(wanted(`hook-${count}`), ann);
    const made = await Promise.allSettled([
      manage().create(wanted('last'), ann),
      manage().create(wanted('beyond'), bob),
    ]);
    expect(made).toMatchObject([{ status: 'fulfilled' }, { reason: refusal('conflict') }]);
    expect(await manage().list()).toHaveLength(50);
    expect(await tellers('webhook.created')).toHaveLength(50);
  });

  it('one deletes it, which is told once, and the other finds nothing', async () => {
    await manage().create(wanted('ops'), ann);
    const removed = await Promise.allSettled([manage().remove('ops', ann), manage().remove('ops', bob)]);
    expect(removed).toMatchObject([{ status: 'fulfilled' }, { reason: refusal('not-found') }]);
    expect(await tellers('webhook.deleted')).toEqual([ann.name]);
  });

  it('one deletes it, and the other cannot turn it on', async () => {
    await manage().create(wanted('ops'), ann);
    const [, turned] = await Promise.allSettled([
      manage().remove('ops', ann),
      manage().setEnabled('ops', true, bob),
    ]);
    expect(turned).toMatchObject({ reason: refusal('not-found') });
    expect(await tellers('webhook.changed')).toEqual([]);
  });

  it('each is shown what came of the own change, and the last one counts', async () => {
    await manage().create(wanted('ops'), ann);
    const [off, on] = await Promise.all([
      manage().setEnabled('ops', false, ann),
      manage().setEnabled('ops', true, bob),
    ]);
    expect([off.isEnabled, on.isEnabled]).toEqual([false, true]);
    expect(await manage().list()).toEqual([on]);
    expect(await tellers('webhook.changed')).toEqual([bob.name, ann.name]);
  });
});
