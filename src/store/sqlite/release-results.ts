import { sql } from 'kysely';
import type { ReleaseResults } from '../../ports/catalog';
import type { Database } from './database';
import { outcomeRow, outcomesOfAll } from './release-outcomes';
import { toRollout } from './rollout-rows';

/** What releases came to, also those that are over. */
export function createReleaseResults(database: Database): ReleaseResults {
  const { query } = database;

  return {
    async of(lines) {
      const made = lines.flatMap((line) =>
        line.releaseId === null ? [] : [{ ...line, releaseId: line.releaseId }],
      );
      const releaseIds = [...new Set(made.map(({ releaseId }) => releaseId))];
      const rollouts = new Map(
        (
          await database.search(
            query.selectFrom('rollouts').selectAll().where('release_id', 'in', inList(releaseIds)),
          )
        ).map((row) => [row.release_id, row]),
      );
      const outcomes = await outcomesOfAll(database, releaseIds);
      const ends = await endsOf(made.map(({ id }) => id));
      return new Map(
        made.map(({ id, releaseId, by, at }) => {
          const rollout = toRollout(rollouts.get(releaseId), { by, at });
          const result = { rollout, outcomes: outcomes.get(releaseId) ?? {}, endedAt: ends.get(id) ?? null };
          return [id, result] as const;
        }),
      );
    },

    async wasOffered(releaseId) {
      return (await database.read(outcomeRow(database, releaseId))).length > 0;
    },

    async isProven({ name, compatible, version }) {
      const installed = query
        .selectFrom('installations')
        .select('id')
        .where('bundle', '=', name)
        .where('state', '=', 'proven')
        .limit(1);
      const released = query
        .selectFrom('activations')
        .innerJoin('release_outcomes', 'release_outcomes.release_id', 'activations.id')
        .select('activations.id')
        .where('activations.bundle', '=', name)
        .where('release_outcomes.state', '=', 'proven')
        .where('release_outcomes.devices', '>', 0)
        .limit(1);
      if ((await database.search(released)).length > 0 || (await database.search(installed)).length > 0)
        return true;
      if (compatible === null || version === null) return false;
      const running = query
        .selectFrom('devices')
        .select('id')
        .where('compatible', '=', compatible)
        .where('system_version', '=', version)
        .limit(1);
      return (await database.search(running)).length > 0;
    },
  };

  /** When the next line of the same channel was written. */
  async function endsOf(ids: readonly number[]): Promise<ReadonlyMap<number, Date>> {
    const rows = await database.search(
      query
        .selectFrom('activations as line')
        .select((eb) => [
          'line.id',
          eb
            .selectFrom('activations as next')
            .select('next.at')
            .whereRef('next.compatible', '=', 'line.compatible')
            .whereRef('next.channel', '=', 'line.channel')
            .whereRef('next.id', '>', 'line.id')
            .orderBy('next.id')
            .limit(1)
            .as('ended_at'),
        ])
        .where('line.id', 'in', inList(ids)),
    );
    return new Map(
      rows.flatMap(({ id, ended_at: at }) => (at === null ? [] : [[id, new Date(at)] as const])),
    );
  }
}

function inList(ids: readonly number[]) {
  return sql<number>`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}
