import path from 'node:path';
import { DomainError } from '../../core/errors';
import { copyRows } from '../move/copy-rows';
import { openPostgresState, openPostgresTarget } from '../move/postgres-place';
import { openSqliteTarget } from '../move/sqlite-place';
import type { ArchivedDatabase } from './archived-database';

/** A PostgreSQL database. */
export function postgresArchived(url: string): ArchivedDatabase {
  return {
    async copyTo(file) {
      const folder = path.dirname(file);
      const copy = openSqliteTarget(folder, folder);
      const state = await openPostgresState(url);
      try {
        await state.read((reader) => copy.write((writer) => copyRows(reader, writer)));
      } finally {
        await state.close();
      }
    },
    async replace() {
      const target = await openPostgresTarget(url);
      try {
        if ((await target.read(() => Promise.resolve(true))) === true)
          throw DomainError.of('postgres-to-replace');
      } catch (error) {
        await target.close();
        throw error;
      }
      return {
        async put(file) {
          const folder = path.dirname(file);
          await openSqliteTarget(folder, folder).read((reader) =>
            target.write((writer) => copyRows(reader, writer)),
          );
          return null;
        },
        close: () => target.close(),
      };
    },
  };
}
