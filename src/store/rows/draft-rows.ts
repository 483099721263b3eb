import type { ExpressionBuilder, Insertable, Selectable } from 'kysely';
import { type Draft, maxDrafts, type NewDraft } from '../../core/draft';
import { DomainError } from '../../core/errors';
import type { DraftQuery } from '../../ports/drafts';
import type { DraftTable, Schema } from './schema';

/** The conditions of a query, as an equality for each column. */
export function matches({ kind, id, name, version, type }: DraftQuery): Partial<Selectable<DraftTable>> {
  const given = { kind, id, name, version, type };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The condition that a module exists. */
export function isModule(id: number) {
  return (query: ExpressionBuilder<Schema, 'drafts'>) =>
    query.exists(
      query
        .selectFrom('drafts as modules')
        .select('modules.id')
        .where('modules.id', '=', id)
        .where('modules.kind', '=', 'module'),
    );
}

/** The condition that no set names a module. */
export function isInNoSet(id: number) {
  return (query: ExpressionBuilder<Schema, 'drafts'>) =>
    query.not(
      query.exists(query.selectFrom('drafts as sets').select('sets.id').where('sets.module', '=', id)),
    );
}

/** A draft from its row. */
export function toDraft(row: Selectable<DraftTable>): Draft {
  const { id, kind, name, version, type, description, file, bundle } = row;
  return {
    ...{ id, kind, name, version, type, description },
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    file: file === null || bundle === null ? null : { fileName: file, bundleName: bundle },
    moduleId: row.module,
  };
}

export function toDraftRow(draft: NewDraft): Insertable<DraftTable> {
  const { kind, name, version, type, description, createdAt, createdBy, moduleId } = draft;
  return {
    ...{ kind, name, version, type, description },
    ...{ created_at: createdAt.toISOString(), created_by: createdBy, module: moduleId },
  };
}

/** @param count the number of drafts, with those to be added. @throws DomainError `conflict` */
export function refuseTooMany(count: number): void {
  if (count > maxDrafts) throw DomainError.of('too-many-drafts', { max: maxDrafts });
}
