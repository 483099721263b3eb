import { sql } from 'kysely';
import type { DatabaseIdentity } from '../../core/restore';
import type { Database } from './database';

export type RestoreRecords = ReturnType<typeof createRestoreRecords>;

/** What the database knows of itself, and of a restore that people have not heard of yet. */
export function createRestoreRecords(database: Database) {
  const { query } = database;
  return {
    /** The identity, made when there is none. @throws DomainError `storage-full`, `unavailable` */
    identity(newId: string): Promise<DatabaseIdentity & { readonly suspicion: string | null }> {
      return database.transact(() => {
        const select = query.selectFrom('database_identity').selectAll();
        const [known] = database.all(select);
        if (known === undefined) {
          const decision = lastLine(database);
          const made = { id: newId, decision, is_marked: 0, suspicion: null };
          database.all(query.insertInto('database_identity').values(made));
          return { id: newId, decision, isMarked: false, suspicion: null };
        }
        const { id, decision, is_marked: isMarked, suspicion } = known;
        return { id, decision, isMarked: isMarked === 1, suspicion };
      });
    },

    /**
     * Notes that the database may be an older copy, until that was dealt with. It is another one from now on.
     * @param named the hash that devices named: it is known from now on, and not told again; `null` when the marker told, at a
     * start: then no offer of before stands any longer
     * @throws DomainError `storage-full`, `unavailable`
     */
    suspect(newId: string, reason: string, named: string | null, at: Date): Promise<void> {
      return database.transact(() => {
        const now = at.toISOString();
        database.all(
          query.updateTable('database_identity').set({
            id: newId,
            is_marked: 0,
            suspicion: reason,
            restored_at: now,
            restored_reason: reason,
          }),
        );
        if (named === null) {
          const standing = query.updateTable('installations').where('ended_at', 'is', null);
          database.all(standing.where('offer_ends_at', '>', now).set({ offer_ends_at: now }));
          return;
        }
        database.all(
          query
            .insertInto('foreign_hashes')
            .values({ sha256: named, at: now })
            .onConflict((conflict) => conflict.column('sha256').doNothing()),
        );
      });
    },

    /** The last time that it was taken for an older copy; `undefined` when it never was. */
    lastRestore(): { readonly id: string; readonly reason: string; readonly at: Date } | undefined {
      const [row] = database.all(query.selectFrom('database_identity').selectAll());
      if (row === undefined || row.restored_at === null || row.restored_reason === null) return undefined;
      return { id: row.id, reason: row.restored_reason, at: new Date(row.restored_at) };
    },

    /** Notes that the marker names this database. @throws DomainError `storage-full`, `unavailable` */
    marked(): Promise<void> {
      return database.transact(() => {
        database.all(query.updateTable('database_identity').set({ is_marked: 1, suspicion: null }));
      });
    },

    /** Whether a bundle with these bytes was ever here, deleted or not, or people have heard of it. */
    isKnownHash(sha256: string): boolean {
      const inTable = (table: 'bundles' | 'foreign_hashes') =>
        database.all(query.selectFrom(table).select('sha256').where('sha256', '=', sha256).limit(1)).length >
        0;
      return inTable('bundles') || inTable('foreign_hashes');
    },

    /** How many devices were ever heard, counted up to a limit. */
    heardDevices(limit: number): number {
      const select = query.selectFrom('devices').select('id').where('last_contact_at', 'is not', null);
      return database.all(select.limit(limit)).length;
    },
  };
}

/** The number of the latest line, also when it was pruned. */
function lastLine(database: Database): number {
  const select = sql<{ readonly seq: number }>`SELECT seq FROM sqlite_sequence WHERE name = 'events'`;
  return database.all(select.compile(database.query))[0]?.seq ?? 0;
}
