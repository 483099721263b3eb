import { sql } from 'kysely';
import type { RestoreRecords } from '../../ports/restores';
import { toIdentity } from '../rows/identity-rows';
import type { Database, Reader } from './database';
import { latestLine } from './journal-records';
import { query } from './queries';
import { fromServerReason, toServerReason } from '../rows/why-columns';

/** The database's identity, and a restore that has not been announced yet. */
export function createRestoreRecords(database: Database): RestoreRecords {
  const find = async (reader: Reader) => {
    const [row] = await reader.all(query.selectFrom('database_identity').selectAll());
    if (row === undefined) return undefined;
    const earlier = sql<{ readonly id: string }>`SELECT id FROM earlier_identities`.compile(query);
    return { ...toIdentity(row), earlierIds: (await reader.all(earlier)).map(({ id }) => id) };
  };

  return {
    async identity(newId) {
      // The identity exists, except at the first start, even while nothing can be written.
      const known = await find(database);
      if (known !== undefined) return known;
      return await database.transact(async (transaction) => {
        const made = await find(transaction); // by a concurrent call
        if (made !== undefined) return made;
        const decision = await latestLine(transaction);
        const row = { id: newId, decision, is_marked: 0, suspicion: null };
        await transaction.all(query.insertInto('database_identity').values(row));
        return { id: newId, decision, isMarked: false, suspicion: null, earlierIds: [] };
      });
    },

    suspect(newId, reason, named, at) {
      return database.transact(async (transaction) => {
        const now = at.toISOString();
        const stored = toServerReason(reason);
        const suspicion = { suspicion: stored, restored_at: now, restored_reason: stored };
        const keep = sql`INSERT INTO earlier_identities SELECT id FROM database_identity ON CONFLICT DO NOTHING`;
        await transaction.all(keep.compile(query));
        await transaction.all(
          query.updateTable('database_identity').set({ id: newId, is_marked: 0, ...suspicion }),
        );
        if (named === null) {
          const standing = query.updateTable('installations').where('ended_at', 'is', null);
          await transaction.all(standing.where('offer_ends_at', '>', now).set({ offer_ends_at: now }));
          return;
        }
        const heard = query.insertInto('foreign_hashes').values({ sha256: named, at: now });
        await transaction.all(heard.onConflict((conflict) => conflict.column('sha256').doNothing()));
      });
    },

    async lastRestore() {
      const [row] = await database.all(query.selectFrom('database_identity').selectAll());
      if (row === undefined || row.restored_at === null || row.restored_reason === null) return undefined;
      return { id: row.id, reason: fromServerReason(row.restored_reason), at: new Date(row.restored_at) };
    },

    marked() {
      return database.transact(async (transaction) => {
        await transaction.all(query.updateTable('database_identity').set({ is_marked: 1, suspicion: null }));
      });
    },

    async isKnownHash(sha256) {
      const known = sql<{ readonly known: boolean }>`
        SELECT EXISTS (SELECT 1 FROM bundles WHERE sha256 = ${sha256})
          OR EXISTS (SELECT 1 FROM foreign_hashes WHERE sha256 = ${sha256}) AS known`;
      return (await database.all(known.compile(query)))[0]?.known === true;
    },

    async heardDevices(limit) {
      const select = query.selectFrom('devices').select('id').where('last_contact_at', 'is not', null);
      return (await database.all(select.limit(limit))).length;
    },
  };
}
