import type { Draft, NewDraft } from '../../core/draft';
import type { DraftKind } from '../../core/draft-kind';
import { DomainError } from '../../core/errors';
import type { DraftRecords } from '../../ports/drafts';
import { isInNoSet, isModule, matches, refuseTooMany, toDraft, toDraftRow } from '../rows/draft-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';
import type { Transaction } from './writer';

/** What hawkBit's scripts create before there is a bundle. */
export function createDraftRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): DraftRecords {
  return {
    add(drafts, tell) {
      return database.transact(async (transaction) => {
        const [counted] = await transaction.all(countOf);
        refuseTooMany((counted?.total ?? 0) + drafts.length);
        const added: Draft[] = [];
        for (const draft of drafts) added.push(await insert(transaction, draft));
        await journal.append(transaction, added.map(tell));
        return added;
      });
    },

    async find(kind, id) {
      return (await database.all(ofKind(kind).where('id', '=', id))).map(toDraft)[0];
    },

    list(wanted) {
      const { isDescending, offset, limit } = wanted;
      const matching = query.selectFrom('drafts').where((where) => where.and(matches(wanted)));
      const page = matching.selectAll().orderBy('id', isDescending ? 'desc' : 'asc');
      return database.readTogether(async (reader) => {
        const found = await reader.all(page.offset(offset).limit(limit));
        const counted = await reader.all(matching.select(({ fn }) => fn.countAll<number>().as('total')));
        return { drafts: found.map(toDraft), total: counted[0]?.total ?? 0 };
      });
    },

    async setsOf(moduleId) {
      const sets = query.selectFrom('drafts').select('id').where('module', '=', moduleId).orderBy('id');
      return (await database.all(sets)).map(({ id }) => id);
    },

    setFile(moduleId, { fileName, bundleName }) {
      return database.transact(async (transaction) => {
        const update = query.updateTable('drafts').set({ file: fileName, bundle: bundleName });
        const empty = update
          .where('id', '=', moduleId)
          .where('kind', '=', 'module')
          .where('bundle', 'is', null);
        return (await transaction.all(empty.returning('id'))).length === 1;
      });
    },

    removeFile(moduleId) {
      return database.transact(async (transaction) => {
        const update = query.updateTable('drafts').set({ file: null, bundle: null });
        await transaction.all(update.where('id', '=', moduleId));
      });
    },

    setModule(setId, moduleId) {
      return database.transact(async (transaction) => {
        const update = query.updateTable('drafts').set({ module: moduleId });
        const empty = update
          .where('id', '=', setId)
          .where('kind', '=', 'set')
          .where('module', 'is', null)
          .where(isModule(moduleId));
        return (await transaction.all(empty.returning('id'))).length === 1;
      });
    },

    async pointedTo() {
      const rows = await database.all(
        query.selectFrom('drafts').select('bundle').where('bundle', 'is not', null),
      );
      return new Set(rows.flatMap(({ bundle }) => bundle ?? []));
    },

    remove(kind, id, tell) {
      return database.transact(async (transaction) => {
        const gone = query
          .deleteFrom('drafts')
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where(isInNoSet(id));
        const removed = (await transaction.all(gone.returningAll())).map(toDraft);
        await journal.append(transaction, removed.map(tell));
        return removed.length === 1;
      });
    },
  };
}

const countOf = query.selectFrom('drafts').select(({ fn }) => fn.countAll<number>().as('total'));

const ofKind = (kind: DraftKind) => query.selectFrom('drafts').selectAll().where('kind', '=', kind);

async function insert(transaction: Transaction, draft: NewDraft): Promise<Draft> {
  const { kind, name, version, moduleId } = draft;
  if (moduleId !== null && (await transaction.all(ofKind('module').where('id', '=', moduleId))).length === 0)
    throw DomainError.of('no-such-draft', { kind: 'module', id: moduleId });
  const adding = query.insertInto('drafts').values(toDraftRow(draft));
  const [row] = await transaction.all(adding.onConflict((conflict) => conflict.doNothing()).returningAll());
  if (row === undefined) throw DomainError.of('draft-exists', { kind, name, version });
  return toDraft(row);
}
