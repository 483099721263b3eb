import { sql } from 'kysely';
import { deviceOf } from '../../support/device-factory';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { query } from '../../../src/store/postgres/queries';
import { createRevocationRecords } from '../../../src/store/postgres/revocation-records';
import { DatabaseHealth } from '../../../src/store/postgres/writability';
import { startDatabase } from '../../support/postgres';
import { postgresFleet } from '../../support/postgres-fleet';

const one = sql<{ readonly one: number }>`SELECT 1 AS one`.compile(query);
/** Longer than two attempts to connect may take. */
const busySeconds = 11;

describe('a read that takes the only connection for reads', () => {
  let database: Database;
  const health = new DatabaseHealth();

  beforeAll(async () => {
    const { url } = await startDatabase('busy');
    database = await openDatabase(url, { maxReading: 1, health });
  });
  afterAll(() => database.close());

  it('has others wait, which is no failure and is bounded, and holds up no change', async () => {
    const journal = new PostgresJournal(database);
    const fleet = postgresFleet(database, journal);
    await fleet.update('board-1', () => ({ answer: null, device: deviceOf('board-1') }));
    const order: string[] = [];
    const sleeping = sql`SELECT pg_sleep(${busySeconds})`.compile(query);
    const held = database.all(sleeping);
    const waiting = database.all(one).then(() => order.push('read'));

    await database.transact((transaction) => transaction.all(one));
    order.push('change');

    const crowd = Array.from({ length: 20_000 }, () => database.all(one));
    const last = crowd.pop();
    const left = Promise.allSettled(crowd);
    const watching = { connect: () => Promise.reject(new Error('it is not watched')) };
    const records = {
      catalog: createCatalogRecords(database, journal, watching),
      revocations: createRevocationRecords(database, watching),
    };
    const all = Promise.allSettled([
      held,
      waiting,
      records.revocations.after(0).then(() => order.push('revocations')),
      records.catalog.load().then(() => order.push('catalog')),
    ]);
    await expect(last).rejects.toMatchObject({ code: 'unavailable', reason: { code: 'database-busy' } });
    expect(await fleet.lookUp('board-1')).toMatchObject({ device: { id: 'board-1' } }); // as it was last known

    await all;
    expect(order).toEqual(['change', 'revocations', 'catalog', 'read']);
    expect(health.problem()).toBeNull();
    await Promise.all([left, database.close()]);
  });
});
