import { maxDrafts, type NewDraft } from '../../../../src/core/draft';
import { saying } from '../../../../src/core/journal/catalogue';
import type { TellDraft } from '../../../../src/ports/drafts';
import { makeSqliteAdapter } from '../../../store/contract/sqlite-adapter';
import { refusal } from '../../../support/refusal';

const at = new Date('2026-11-02T12:00:00Z');
const draftOf = (name: string): NewDraft => ({
  kind: 'module',
  name,
  version: '1',
  type: 'os',
  description: '',
  createdAt: at,
  createdBy: 'ann',
  moduleId: null,
});
const tell: TellDraft = ({ id, kind, name, version }) => ({
  kind: 'draft.created',
  at,
  actor: { name: 'ann', address: null },
  reason: saying('draft-created', { draft: kind, name, version, id }),
});

it('there are no more modules and sets than there may be', async () => {
  const adapter = await makeSqliteAdapter();
  const { drafts } = adapter.store;
  await drafts.add(
    Array.from({ length: maxDrafts - 1 }, (_, index) => draftOf(`m${index}`)),
    tell,
  );
  await expect(drafts.add([draftOf('a'), draftOf('b')], tell)).rejects.toEqual(refusal('conflict'));
  const [last] = await drafts.add([draftOf('a')], tell);
  await expect(drafts.add([draftOf('b')], tell)).rejects.toEqual(refusal('conflict'));
  expect(await drafts.remove('module', last?.id ?? 0, tell)).toBe(true);
  await drafts.add([draftOf('b')], tell);
  await adapter.close();
});
