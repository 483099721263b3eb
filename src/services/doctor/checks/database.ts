import { finding } from '../../../core/reasons/doctor/sentences';
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
          report.error(database.file, finding('database-missing'));
          return;
        }
        case 'unreadable': {
          const { message: what, remedy } = database;
          report.error(database.file, finding('as-told', { what, remedy }));
          return;
        }
        case 'read':
          for (const line of database.damage) {
            report.error(database.file, finding('database-damaged', { damage: line }));
          }
      }
    },
  };
}
