import type { Draft, NewDraft } from '../../../src/core/draft';
import type { NewEvent } from '../../../src/core/event';
import { saying } from '../../../src/core/journal/catalogue';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';
import { at } from './catalog-parts';

/** How every store keeps what hawkBit's scripts create before there is a bundle. */
export function describeDraftRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const drafts = () => adapter.store.drafts;
  const draftOf = (name: string, change: Partial<NewDraft> = {}): NewDraft => ({
    kind: 'module',
    name,
    version: '1.0.0',
    type: 'os',
    description: '',
    createdAt: at,
    createdBy: 'ann',
    moduleId: null,
    ...change,
  });
  const tell = ({ id }: Draft): NewEvent => ({
    kind: 'draft.created',
    at,
    actor: { name: 'ann', address: null },
    reason: saying('draft-created', { draft: 'module', name: 'a', version: '1', id }),
  });
  const lines = async () => (await adapter.store.journal.after(0, 99)).length;
  const names = async (change = {}) => {
    const page = { kind: 'module', isDescending: false, offset: 0, limit: 9 } as const;
    const { drafts: found, total } = await drafts().list({ ...page, ...change });
    return [...found.map(({ name }) => name), total];
  };

  it('finds what was added, also after a restart, a page at a time', async () => {
    const [a] = await drafts().add([draftOf('a'), draftOf('b'), draftOf('c', { version: '2.0.0' })], tell);
    await adapter.reopen();
    expect(await drafts().find('module', a?.id ?? 0)).toEqual({ ...draftOf('a'), id: a?.id, file: null });
    expect(await drafts().find('set', a?.id ?? 0)).toBeUndefined();
    expect(await names({ limit: 1, offset: 1 })).toEqual(['b', 3]);
    expect(await names({ isDescending: true, version: '1.0.0' })).toEqual(['b', 'a', 2]);
    expect(await names({ kind: 'set' })).toEqual([0]);
  });

  it('tells the journal of each, with the change or not at all', async () => {
    const [a] = await drafts().add([draftOf('a'), draftOf('b')], tell);
    expect(await lines()).toBe(2);
    await drafts()
      .add([draftOf('c'), draftOf('a')], tell)
      .catch(() => undefined);
    expect(await drafts().remove('module', 999, tell)).toBe(false);
    expect(await lines()).toBe(2);
    expect(await drafts().remove('module', a?.id ?? 0, tell)).toBe(true);
    expect(await lines()).toBe(3);
  });

  it('adds all of them or none', async () => {
    await drafts().add([draftOf('a')], tell);
    await expect(drafts().add([draftOf('b'), draftOf('a')], tell)).rejects.toEqual(refusal('conflict'));
    await expect(drafts().add([draftOf('s', { kind: 'set', moduleId: 99 })], tell)).rejects.toEqual(
      refusal('not-found'),
    );
    expect(await names()).toEqual(['a', 1]);
    await failAtEachStep(
      adapter,
      () => drafts().add([draftOf('b'), draftOf('c')], tell),
      async () => {
        expect(await names()).toEqual(['a', 1]);
      },
    );
  });

  it('gives a module its file, and a set its module, once: to the first of two at once', async () => {
    const [module, set] = await drafts().add([draftOf('a'), draftOf('s', { kind: 'set' })], tell);
    if (module === undefined || set === undefined) throw new Error('nothing was added');
    const file = (bundleName: string) => drafts().setFile(module.id, { fileName: 'f', bundleName });
    expect(await Promise.all([file('one'), file('two')])).toEqual([true, false]);
    const give = () => drafts().setModule(set.id, module.id);
    expect(await Promise.all([give(), give()])).toEqual([true, false]);
    expect(await drafts().setsOf(module.id)).toEqual([set.id]);
    expect((await drafts().find('module', module.id))?.file).toEqual({ fileName: 'f', bundleName: 'one' });
    expect(await drafts().pointedTo()).toEqual(new Set(['one']));
    await drafts().removeFile(module.id);
    expect((await drafts().find('module', module.id))?.file).toBeNull();
    expect(await drafts().remove('set', module.id, tell)).toBe(false);
    expect(await drafts().remove('module', module.id, tell)).toBe(false);
    expect(await drafts().remove('set', set.id, tell)).toBe(true);
    expect(await drafts().remove('module', module.id, tell)).toBe(true);
  });

  it('a set never names a module that is gone, whichever of two at once is first', async () => {
    const added = await drafts().add([draftOf('a'), draftOf('b'), draftOf('s', { kind: 'set' })], tell);
    const [a = 0, b = 0, set = 0] = added.map(({ id }) => id);
    const outcomes = await Promise.all([drafts().remove('module', a, tell), drafts().setModule(set, a)]);
    expect(outcomes).toEqual([true, false]);
    expect(await drafts().setModule(set, set)).toBe(false);
    const reversed = await Promise.all([drafts().setModule(set, b), drafts().remove('module', b, tell)]);
    expect(reversed).toEqual([true, false]);
    expect((await drafts().find('set', set))?.moduleId).toBe(b);
  });
}
