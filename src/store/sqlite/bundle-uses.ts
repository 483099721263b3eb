import type { BundleNeeds } from '../../ports/catalog';
import type { BundleUses } from '../../ports/fleet-counts';
import { asksForBundle, toPinned } from '../rows/bundle-use-rows';
import type { Database } from './database';

/** What devices are pinned to. */
export function createBundleUses(database: Database): BundleUses {
  const { query } = database;
  return {
    async pinnedBundles() {
      const rows = await database.search(
        query
          .selectFrom('devices')
          .select(['pin_bundle', ({ fn }) => fn.countAll<number>().as('devices')])
          .where('pin_bundle', 'is not', null)
          .groupBy('pin_bundle')
          .orderBy('pin_bundle'),
      );
      return rows.map(toPinned);
    },
    needs: (name, at) => database.readTogether(() => needsOf(database, name, at)),
  };
}

/** Which devices still need a bundle, as seen by the running transaction. */
export function needsOf(database: Database, name: string, now: Date): BundleNeeds {
  const { query } = database;
  const [counted] = database.all(
    query
      .selectFrom('installations')
      .select(({ fn }) => fn.count<number>('device').distinct().as('devices'))
      .where('bundle', '=', name)
      .where(asksForBundle(now)),
  );
  const pinned = query.selectFrom('devices').select('id').where('pin_bundle', '=', name).orderBy('id');
  return {
    askingDevices: counted?.devices ?? 0,
    pinnedDevices: database.all(pinned).map(({ id }) => id),
  };
}
