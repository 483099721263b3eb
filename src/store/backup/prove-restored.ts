import { DomainError } from '../../core/errors';
import { openDatabase } from '../sqlite/database';
import { readCondition } from '../sqlite/read-condition';
import { createRestoreRecords } from '../sqlite/restore-records';
import path from 'node:path';

export interface RestoredAs {
  /** The restored database's new id: it is not the database that was copied. */
  readonly newId: string;
  /** The reason shown to people. */
  readonly reason: string;
  readonly at: Date;
}

/**
 * Opens an unpacked database as a server would, and marks it so that a server pauses every rollout before it offers
 * anything.
 * @throws DomainError `invalid-input` when it is damaged, `configuration` when a newer version wrote it
 */
export async function proveRestored(folder: string, { newId, reason, at }: RestoredAs): Promise<void> {
  const database = openDatabase(folder);
  try {
    const records = createRestoreRecords(database);
    await records.identity(newId);
    await records.suspect(newId, reason, null, at);
  } finally {
    database.close();
  }
  const condition = readCondition(folder, path.join(folder, 'server.db'), false);
  const damage = condition.kind === 'read' ? condition.damage : [condition.kind];
  if (damage.length === 0) return;
  throw DomainError.of('archived-database-damaged', { damage: damage[0] ?? '' });
}
