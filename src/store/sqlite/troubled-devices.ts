import { sql } from 'kysely';
import { maxNamedDevices } from '../../core/attention-kind';
import { type InstallationState, type TroubledState, troubledStates } from '../../core/installation-states';
import type { StoppedDevices, TroubledDevices } from '../../ports/fleet-counts';
import type { Database } from './database';

interface NamedRow {
  readonly id: string;
  readonly compatible: string | null;
  readonly channel: string;
  readonly state: InstallationState | null;
  /** How many devices of this kind there are. */
  readonly devices: number;
}

/** Devices whose latest installation needs attention and is not cleared, by kind. */
export function createTroubledDevices(database: Database) {
  const uncleared = database.query
    .selectFrom('devices')
    .innerJoin('installations', 'installations.id', 'devices.installation_id')
    .where('installations.cleared_at', 'is', null);

  /** The first of each kind, and how many there are. */
  function namesOf(found: typeof uncleared) {
    const kind = sql`PARTITION BY devices.compatible, devices.channel, devices.installation_state`;
    const placed = found.select([
      'devices.id',
      'devices.compatible',
      'devices.channel',
      'devices.installation_state as state',
      sql<number>`count(*) OVER (${kind})`.as('devices'),
      sql<number>`row_number() OVER (${kind} ORDER BY devices.id)`.as('place'),
    ]);
    return database.query
      .selectFrom(placed.as('placed'))
      .select(['id', 'compatible', 'channel', 'state', 'devices'])
      .where('place', '<=', maxNamedDevices)
      .orderBy('place');
  }

  async function groupsOf(found: typeof uncleared) {
    const groups = new Map<string, Omit<NamedRow, 'id'> & { readonly ids: string[] }>();
    for (const { id, ...kind } of await database.search(namesOf(found))) {
      const key = JSON.stringify(kind);
      const group = groups.get(key) ?? { ...kind, ids: [] as string[] };
      groups.set(key, group);
      group.ids.push(id);
    }
    return [...groups.values()];
  }

  return {
    async troubled(): Promise<readonly TroubledDevices[]> {
      const groups = await groupsOf(uncleared.where('devices.installation_state', 'in', troubledStates));
      return groups.map((group) => ({ ...group, state: group.state as TroubledState }));
    },

    async stopped(before: Date): Promise<readonly StoppedDevices[]> {
      const stopped = uncleared
        .where('devices.installation_state', '=', 'stopped')
        .where(({ fn, eb }) =>
          eb(fn.coalesce('installations.moved_at', 'installations.offered_at'), '<=', before.toISOString()),
        );
      return (await groupsOf(stopped)).map(({ compatible, channel, devices, ids }) => ({
        compatible,
        channel,
        devices,
        ids,
      }));
    },
  };
}
