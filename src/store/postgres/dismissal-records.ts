import type { DismissalRecords } from '../../ports/dismissals';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';

/** What people marked as seen. */
export function createDismissalRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): DismissalRecords {
  return {
    all: () => database.all(query.selectFrom('dismissals').select(['kind', 'subject'])),

    add({ kind, subjects }, event) {
      return database.transact(async (transaction) => {
        if (subjects.length === 0) return;
        const made = { kind, at: event.at.toISOString(), by: event.actor.name };
        const added = await transaction.all(
          query
            .insertInto('dismissals')
            .values(subjects.map((subject) => ({ ...made, subject })))
            .onConflict((conflict) => conflict.doNothing())
            .returning('subject'),
        );
        if (added.length > 0) await journal.append(transaction, [event]);
      });
    },
  };
}
