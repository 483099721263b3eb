import type { BundleNeeds } from '../../ports/catalog';
import type { BundleUses } from '../../ports/fleet-counts';
import { asksForBundle, toPinned } from '../rows/bundle-use-rows';
import type { Database, Reader } from './database';
import { query } from './queries';

/** What devices are pinned to. */
export function createBundleUses(database: Database): BundleUses {
  return {
    async pinnedBundles() {
      const rows = await database.all(
        query
          .selectFrom('devices')
          .select(['pin_bundle', ({ fn }) => fn.countAll<number>().as('devices')])
          .where('pin_bundle', 'is not', null)
          .groupBy('pin_bundle')
          .orderBy('pin_bundle'),
      );
      return rows.map(toPinned);
    },
    needs: (name, at) => database.readTogether((reader) => needsOf(reader, name, at)),
  };
}

/** Which devices still need a bundle, as seen by a transaction. */
export async function needsOf(reader: Reader, name: string, now: Date): Promise<BundleNeeds> {
  const [counted] = await reader.all(
    query
      .selectFrom('installations')
      .select(({ fn }) => fn.count<number>('device').distinct().as('devices'))
      .where('bundle', '=', name)
      .where(asksForBundle(now)),
  );
  const pinned = query.selectFrom('devices').select('id').where('pin_bundle', '=', name).orderBy('id');
  return {
    askingDevices: counted?.devices ?? 0,
    pinnedDevices: (await reader.all(pinned)).map(({ id }) => id),
  };
}
