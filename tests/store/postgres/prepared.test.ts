import { sql } from 'kysely';
import { anyReason } from '../../support/any-reason';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';
import { type Postgres, startPostgres } from '../../support/postgres';
import type { NewEvent } from '../../../src/core/event';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { findRecord } from '../../../src/store/postgres/find-record';
import { postgresFleet } from '../../support/postgres-fleet';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { query } from '../../../src/store/postgres/queries';

interface Prepared {
  readonly statement: string;
  readonly runs: number;
}

/** What a connection has prepared. */
const selectPrepared = sql<Prepared>`
  SELECT statement, (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements`.compile(query);

describe('a statement of each poll', () => {
  let postgres: Postgres;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create('prepared');
    database = await openDatabase(url, { maxReading: 1, keepsPrepared: true });
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

  it('works on when a newer version adds a column to any table', async () => {
    const journal = new PostgresJournal(database);
    const fleet = postgresFleet(database, journal);
    const lineOf = (name: string): NewEvent => ({
      kind: 'device.booted',
      at: madeAt,
      actor: { name, address: null },
      reason: anyReason(),
    });
    const contact = async (text: string) => {
      await fleet.updateOnDisk('board-1', ({ nextInstallationId }) => ({
        answer: null,
        device: { ...deviceOf('board-1'), lastContactAt: madeAt },
        installations: [installationOf({ id: nextInstallationId(), deviceId: 'board-1' })],
        events: [lineOf(text)],
      }));
      await fleet.update('board-1', ({ record }) => ({
        answer: null,
        seen: record?.device,
        renewed: record?.installation ?? undefined,
      }));
      await fleet.flush();
    };
    const statements = async () => (await database.all(selectPrepared)).map(({ statement }) => statement);
    await contact('before');
    const before = await statements();

    const all = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    await postgres.run(
      `DO $$ DECLARE name text; BEGIN
         FOR name IN ${all} LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN added text', name); END LOOP;
       END $$`,
      'prepared',
    );
    await contact('after');

    expect(before.length).toBeGreaterThan(6);
    expect(await statements()).toEqual(before); // over the same connection
    expect((await journal.after(0, 9)).map(({ actor }) => actor.name)).toEqual(['before', 'after']);
  });

  it('is not prepared where a pooler may give each transaction another connection', async () => {
    const pooled = await openDatabase(url, { maxReading: 1 });
    await findRecord(pooled, 'board-1');
    const kept = await pooled.all(selectPrepared);
    await pooled.close();

    expect(kept).toEqual([]);
  });
});
