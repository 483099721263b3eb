import type { NewEvent } from '../../core/event';
import type { Dismissal, DismissalRecords } from '../../ports/dismissals';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';

/** What people marked as seen. */
export function createDismissalRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): DismissalRecords {
  const { query } = database;
  return {
    all(): Promise<readonly Dismissal[]> {
      return database.read(query.selectFrom('dismissals').select(['kind', 'subject']));
    },

    add(
      { kind, subjects }: { readonly kind: string; readonly subjects: readonly string[] },
      event: NewEvent,
    ): Promise<void> {
      return database.transact(() => {
        const made = { kind, at: event.at.toISOString(), by: event.actor.name };
        const added = subjects.flatMap((subject) =>
          database.all(
            query
              .insertInto('dismissals')
              .values({ ...made, subject })
              .onConflict((conflict) => conflict.doNothing())
              .returning('subject'),
          ),
        );
        if (added.length > 0) journal.append([event]);
      });
    },
  };
}
