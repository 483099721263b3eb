import { sql } from 'kysely';
import { startPostgres } from '../../support/postgres';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { findRecord } from '../../../src/store/postgres/find-record';
import { query } from '../../../src/store/postgres/queries';

interface Prepared {
  readonly statement: string;
  readonly runs: number;
}

/** What a connection has prepared. */
const selectPrepared = sql<Prepared>`
  SELECT statement, (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements`.compile(query);

describe('a statement of each poll', () => {
  let url: string;
  let database: Database;

  beforeAll(async () => {
    url = await (await startPostgres()).create('prepared');
    database = await openDatabase(url, { maxConnections: 1, keepsPrepared: true });
  });
  afterAll(() => database.close());

  it('is planned once for a connection, whichever device it finds', async () => {
    const ids = ['board-1', 'board-2', 'board-3', 'board-4'];
    for (const id of ids) expect((await findRecord(database, id)).record).toBeUndefined();

    const found = (await database.all(selectPrepared)).filter(({ statement }) => statement.includes('found'));
    expect(found).toMatchObject([{ runs: ids.length }]);
  });

  it('leaves statements of people as they are, whose texts are many', async () => {
    await database.all(query.selectFrom('devices').select('id').where('serial', '=', 'SN-1'));

    expect(await database.all(selectPrepared)).toHaveLength(1);
  });

  it('is not prepared where a pooler may give each transaction another connection', async () => {
    const pooled = await openDatabase(url, { maxConnections: 1 });
    await findRecord(pooled, 'board-1');
    const kept = await pooled.all(selectPrepared);
    await pooled.close();

    expect(kept).toEqual([]);
  });
});
