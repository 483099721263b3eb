import { sql } from 'kysely';
import { deviceOf } from '../../support/device-factory';
import { hourMs, madeAt } from '../../support/fleet-factory';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { PostgresFleet } from '../../../src/store/postgres/fleet/fleet';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { query } from '../../../src/store/postgres/queries';
import { DatabaseHealth } from '../../../src/store/postgres/writability';
import { startDatabase } from '../../support/postgres';

const one = sql<{ readonly one: number }>`SELECT 1 AS one`.compile(query);
/** Longer than two attempts to connect may take. */
const busySeconds = 11;

describe('reads that take all connections', () => {
  let database: Database;
  const health = new DatabaseHealth();

  beforeAll(async () => {
    const { url } = await startDatabase('busy');
    database = await openDatabase(url, { maxReading: 2, health });
  });

  it('have others wait, which is no failure, hold up no change, and are bounded', async () => {
    const fleet = new PostgresFleet({
      database,
      journal: new PostgresJournal(database),
      now: () => madeAt,
      ageMs: () => 0,
      offerLifetimeMs: hourMs,
      catchUp: () => Promise.resolve(),
    });
    await fleet.update('board-1', () => ({ answer: null, device: deviceOf('board-1') }));
    const order: string[] = [];
    const sleeping = sql`SELECT pg_sleep(${busySeconds})`.compile(query);
    const held = [database.all(sleeping), database.all(sleeping)];
    const waiting = database.all(one).then(() => order.push('read'));
    const urgent = database
      .readTogether((reader) => reader.all(one), { isUrgent: true })
      .then(() => order.push('urgent'));

    await database.transact((transaction) => transaction.all(one));
    order.push('change');

    const crowd = Array.from({ length: 20_000 }, () => database.all(one));
    const last = crowd.pop();
    const left = Promise.allSettled(crowd);
    await expect(last).rejects.toMatchObject({ code: 'unavailable', reason: { code: 'database-busy' } });
    expect(await fleet.lookUp('board-1')).toMatchObject({ device: { id: 'board-1' } }); // as it was last known

    await Promise.all([...held, waiting, urgent]);
    expect(order).toEqual(['change', 'urgent', 'read']);
    expect(health.problem()).toBeNull();
    await database.close();
    await left;
  });
});
