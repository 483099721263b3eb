import type { Selectable } from 'kysely';
import type { DatabaseIdentityTable } from './schema';
import { fromServerReason } from './why-columns';

export function toIdentity(row: Selectable<DatabaseIdentityTable>) {
  const suspicion = row.suspicion === null ? null : fromServerReason(row.suspicion);
  return { id: row.id, decision: row.decision, isMarked: row.is_marked === 1, suspicion };
}
