import type { Check } from '../check';
import type { Installation } from '../installation';

/** Whether the database exists and is intact, by SQLite's own check. */
export function databaseCheck({ installation }: { installation: Pick<Installation, 'database'> }): Check {
  return {
    name: 'database',
    async run(report) {
      const database = await installation.database();
      switch (database.kind) {
        case 'missing': {
          report.error(
            database.file,
            'there is no database',
            'Check DATA_DIR. If it is right, restore the database from a backup. A new server creates one when it starts.',
          );
          return;
        }
        case 'unreadable': {
          report.error(database.file, database.message, database.remedy);
          return;
        }
        case 'read':
          for (const line of database.damage) {
            report.error(
              database.file,
              `it is damaged: ${line}`,
              'Stop the server, keep a copy of data/, and restore the database from a backup. Check the disk.',
            );
          }
      }
    },
  };
}
