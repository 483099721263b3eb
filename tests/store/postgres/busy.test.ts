import { sql } from 'kysely';
import { DomainError } from '../../../src/core/errors';
import { KnownIssuance } from '../../../src/services/certificates/known-issuance';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { createIssuanceRecords } from '../../../src/store/postgres/issuance-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { query } from '../../../src/store/postgres/queries';
import { createRevocationRecords } from '../../../src/store/postgres/revocation-records';
import { DatabaseHealth } from '../../../src/store/postgres/writability';
import { deviceOf } from '../../support/device-factory';
import { startDatabase } from '../../support/postgres';
import { postgresFleet } from '../../support/postgres-fleet';

const one = sql<{ readonly one: number }>`SELECT 1 AS one`.compile(query);
/** Longer than two attempts to connect may take. */
const busySeconds = 11;

describe('a PostgreSQL with one connection for reads', () => {
  let database: Database;
  let journal: PostgresJournal;
  const health = new DatabaseHealth();

  beforeAll(async () => {
    const { url } = await startDatabase('busy');
    database = await openDatabase(url, { maxReading: 1, health });
    journal = new PostgresJournal(database);
  });
  afterAll(() => database.close());

  const hold = (seconds: number) => database.all(sql`SELECT pg_sleep(${seconds})`.compile(query));

  it('is read first for what changes and many devices depend on', async () => {
    const watching = { connect: () => Promise.reject(new Error('it is not watched')) };
    const order: string[] = [];
    await Promise.all([
      hold(0.5),
      database.all(one).then(() => order.push('others')),
      createRevocationRecords(database, watching)
        .after(0)
        .then(() => order.push('revocations')),
      createCatalogRecords(database, journal, watching)
        .load()
        .then(() => order.push('catalog')),
    ]);
    expect(order).toEqual(['revocations', 'catalog', 'others']);
  });

  it.each(['database-busy', 'database-slow'] as const)(
    'loses no report that it could not save when the next attempt ends with %s, too',
    async (reason) => {
      let failures = 0;
      const catchUp = () => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(DomainError.of(reason)) : Promise.resolve();
      };
      const fleet = postgresFleet(database, journal, { catchUp });
      const device = deviceOf('board-2', { facts: { serial: 'told meanwhile' } });
      const told = () => fleet.updateOnDisk('board-2', () => ({ answer: null, device }));
      for (const attempt of [told, () => fleet.flush()]) {
        failures = 1;
        await expect(attempt()).rejects.toMatchObject({ reason: { code: reason } });
        expect(fleet.unsavedDevices()).toBe(1);
      }
      await fleet.flush();
      expect(fleet.unsavedDevices()).toBe(0);
      expect((await fleet.get('board-2')).device.facts.serial).toBe('told meanwhile');
    },
  );

  it('has others wait, which is no failure and is bounded, and holds up no change', async () => {
    const fleet = postgresFleet(database, journal);
    const issuance = new KnownIssuance(createIssuanceRecords(database));
    await fleet.update('board-1', () => ({ answer: null, device: deviceOf('board-1') }));
    const authorities = await issuance.authorities();
    const order: string[] = [];
    const held = hold(busySeconds);
    const waiting = database.all(one).then(() => order.push('read'));

    await database.transact((transaction) => transaction.all(one));
    order.push('change');

    const crowd = Array.from({ length: 20_000 }, () => database.all(one));
    const last = crowd.pop();
    const left = Promise.allSettled([...crowd, held, waiting]);
    await expect(last).rejects.toMatchObject({ code: 'unavailable', reason: { code: 'database-busy' } });
    // As they were last known.
    expect(await fleet.lookUp('board-1')).toMatchObject({ device: { id: 'board-1' } });
    expect(await issuance.authorities()).toBe(authorities);

    await waiting;
    expect(order).toEqual(['change', 'read']);
    expect(health.problem()).toBeNull();
    await Promise.all([left, database.close()]);
  });
});
