import type { Draft, NewDraft } from '../../core/draft';
import type { DraftKind } from '../../core/draft-kind';
import { DomainError } from '../../core/errors';
import type { DraftRecords } from '../../ports/drafts';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { isInNoSet, isModule, matches, refuseTooMany, toDraft, toDraftRow } from '../rows/draft-rows';

/** What hawkBit's scripts create before there is a bundle. */
export function createDraftRecords(database: Database, journal: Pick<SqliteJournal, 'append'>): DraftRecords {
  const { query } = database;
  const ofKind = (kind: DraftKind) => query.selectFrom('drafts').selectAll().where('kind', '=', kind);

  const countOf = query.selectFrom('drafts').select(({ fn }) => fn.countAll<number>().as('total'));

  function insert(draft: NewDraft): Draft {
    const { kind, name, version, moduleId } = draft;
    if (moduleId !== null && database.all(ofKind('module').where('id', '=', moduleId)).length === 0)
      throw DomainError.of('no-such-draft', { kind: 'module', id: moduleId });
    const values = toDraftRow(draft);
    const [row] = database.all(
      query
        .insertInto('drafts')
        .values(values)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll(),
    );
    if (row === undefined) throw DomainError.of('draft-exists', { kind, name, version });
    return toDraft(row);
  }

  return {
    add(drafts, tell) {
      return database.transact(() => {
        const [counted] = database.all(countOf);
        refuseTooMany((counted?.total ?? 0) + drafts.length);
        const added = drafts.map(insert);
        journal.append(added.map(tell));
        return added;
      });
    },

    async find(kind, id) {
      return (await database.read(ofKind(kind).where('id', '=', id))).map(toDraft)[0];
    },

    async list(wanted) {
      const { isDescending, offset, limit } = wanted;
      const matching = query.selectFrom('drafts').where((where) => where.and(matches(wanted)));
      const page = matching.selectAll().orderBy('id', isDescending ? 'desc' : 'asc');
      const found = await database.search(page.offset(offset).limit(limit));
      const counted = await database.search(
        matching.select((select) => select.fn.countAll<number>().as('total')),
      );
      return { drafts: found.map(toDraft), total: counted[0]?.total ?? 0 };
    },

    async setsOf(moduleId) {
      const sets = query.selectFrom('drafts').select('id').where('module', '=', moduleId).orderBy('id');
      return (await database.read(sets)).map(({ id }) => id);
    },

    setFile(moduleId, { fileName, bundleName }) {
      return database.transact(() => {
        const update = query.updateTable('drafts').set({ file: fileName, bundle: bundleName });
        const empty = update
          .where('id', '=', moduleId)
          .where('kind', '=', 'module')
          .where('bundle', 'is', null);
        return database.all(empty.returning('id')).length === 1;
      });
    },

    removeFile(moduleId) {
      return database.transact(() => {
        database.all(
          query.updateTable('drafts').set({ file: null, bundle: null }).where('id', '=', moduleId),
        );
      });
    },

    setModule(setId, moduleId) {
      return database.transact(() => {
        const update = query.updateTable('drafts').set({ module: moduleId });
        const empty = update
          .where('id', '=', setId)
          .where('kind', '=', 'set')
          .where('module', 'is', null)
          .where(isModule(moduleId));
        return database.all(empty.returning('id')).length === 1;
      });
    },

    async pointedTo() {
      const rows = await database.search(
        query.selectFrom('drafts').select('bundle').where('bundle', 'is not', null),
      );
      return new Set(rows.flatMap(({ bundle }) => (bundle === null ? [] : [bundle])));
    },

    remove(kind, id, tell) {
      return database.transact(() => {
        const gone = query
          .deleteFrom('drafts')
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where(isInNoSet(id));
        const removed = database.all(gone.returningAll()).map(toDraft);
        journal.append(removed.map(tell));
        return removed.length === 1;
      });
    },
  };
}
