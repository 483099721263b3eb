import type { Selectable } from 'kysely';
import type { DatabaseIdentityTable } from './schema';

export function toIdentity(row: Selectable<DatabaseIdentityTable>) {
  return { id: row.id, decision: row.decision, isMarked: row.is_marked === 1, suspicion: row.suspicion };
}
