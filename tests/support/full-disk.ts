import { DomainError } from '../../src/core/errors';
import type { OpenStore } from '../../src/store/store';
import { isOnPostgres, runSql } from './test-database';

const tables = ['devices', 'installations'];

const fill = [
  `CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$`,
  ...tables.map(
    (table) =>
      `CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION disk_is_full()`,
  ),
].join(';');

/** A disk that has no room for changes of devices while a test says so, below either database. */
export class FullDisk {
  #isFull = false;

  /** PostgreSQL raises its own error; SQLite's would need a disk of its own. */
  readonly changeStore = ({ devices }: OpenStore): Partial<OpenStore> => {
    if (isOnPostgres) return {};
    const refuse = () => Promise.reject(new DomainError('storage-full', 'no space left'));
    return {
      devices: { ...devices, write: (write) => (this.#isFull ? refuse() : devices.write(write)) },
    };
  };

  /** @param dataDir of the services on this disk */
  async setFull(dataDir: string, isFull: boolean): Promise<void> {
    this.#isFull = isFull;
    if (isOnPostgres) await runSql(dataDir, isFull ? fill : 'DROP FUNCTION disk_is_full CASCADE');
  }
}
