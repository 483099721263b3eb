import type { Database } from '../../src/store/postgres/database';
import { type FleetPorts, PostgresFleet } from '../../src/store/postgres/fleet/fleet';
import type { PostgresJournal } from '../../src/store/postgres/journal-records';
import { hourMs, madeAt } from './fleet-factory';

/** The devices in a database, while time stands still and the catalog stays as it is, unless told otherwise. */
export function postgresFleet(
  database: Database,
  journal: PostgresJournal,
  change: Partial<FleetPorts> = {},
): PostgresFleet {
  return new PostgresFleet({
    database,
    journal,
    now: () => madeAt,
    ageMs: () => 0,
    offerLifetimeMs: hourMs,
    catchUp: () => Promise.resolve(),
    ...change,
  });
}
