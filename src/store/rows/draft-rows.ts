import type { Insertable, Selectable } from 'kysely';
import type { Draft, NewDraft } from '../../core/draft';
import type { DraftQuery } from '../../ports/drafts';
import type { DraftTable } from './schema';

/** The conditions of a query, as an equality for each column. */
export function matches({ kind, id, name, version, type }: DraftQuery): Partial<Selectable<DraftTable>> {
  const given = { kind, id, name, version, type };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
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
