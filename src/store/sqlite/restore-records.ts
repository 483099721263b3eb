import type { RestoreRecords } from '../../ports/restores';
import type { Database } from './database';
import { latestLine } from './journal-records';
import { toIdentity } from '../rows/identity-rows';
import { fromServerReason, toServerReason } from '../rows/why-columns';

/** The database's identity, and a restore that has not been announced yet. */
export function createRestoreRecords(database: Database): RestoreRecords {
  const { query } = database;
  return {
    async identity(newId) {
      const find = () => database.all(query.selectFrom('database_identity').selectAll()).map(toIdentity)[0];
      // The identity exists, except at the first start, even while nothing can be written.
      const known = await database.readTogether(find);
      if (known !== undefined) return known;
      return await database.transact(() => {
        const made = find(); // by a concurrent call
        if (made !== undefined) return made;
        const decision = latestLine(database);
        const row = { id: newId, decision, is_marked: 0, suspicion: null };
        database.all(query.insertInto('database_identity').values(row));
        return { id: newId, decision, isMarked: false, suspicion: null };
      });
    },

    suspect(newId, reason, named, at) {
      return database.transact(() => {
        const now = at.toISOString();
        database.all(
          query.updateTable('database_identity').set({
            id: newId,
            is_marked: 0,
            suspicion: toServerReason(reason),
            restored_at: now,
            restored_reason: toServerReason(reason),
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

    async lastRestore() {
      const [row] = await database.read(query.selectFrom('database_identity').selectAll());
      if (row === undefined || row.restored_at === null || row.restored_reason === null) return undefined;
      return { id: row.id, reason: fromServerReason(row.restored_reason), at: new Date(row.restored_at) };
    },

    marked() {
      return database.transact(() => {
        database.all(query.updateTable('database_identity').set({ is_marked: 1, suspicion: null }));
      });
    },

    async isKnownHash(sha256) {
      const inTable = (table: 'bundles' | 'foreign_hashes') =>
        query.selectFrom(table).select('sha256').where('sha256', '=', sha256).limit(1);
      if ((await database.read(inTable('bundles'))).length > 0) return true;
      return (await database.read(inTable('foreign_hashes'))).length > 0;
    },

    async heardDevices(limit) {
      const select = query.selectFrom('devices').select('id').where('last_contact_at', 'is not', null);
      return (await database.read(select.limit(limit))).length;
    },
  };
}
