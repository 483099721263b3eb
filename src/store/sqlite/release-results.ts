import { sql } from 'kysely';
import type { ReleaseEnd } from '../../core/release-end';
import type { ReleaseResult, ReleaseResults } from '../../ports/catalog';
import type { Database } from './database';
import { failuresOf } from './release-ends';
import { outcomeRow, outcomesOfAll } from './release-outcomes';
import {
  madeLines,
  needsFailures,
  type ResultRows,
  toReleaseEnd,
  toReleaseResult,
} from '../rows/release-result-rows';
import { toRollout } from '../rows/rollout-rows';

/** The outcomes of releases, including past ones. */
export function createReleaseResults(database: Database): ReleaseResults {
  const { query } = database;

  return {
    async of(lines) {
      const made = madeLines(lines);
      const releaseIds = [...new Set(made.map(({ releaseId }) => releaseId))];
      const rollouts = new Map(
        (
          await database.search(
            query.selectFrom('rollouts').selectAll().where('release_id', 'in', inList(releaseIds)),
          )
        ).map((row) => [row.release_id, row]),
      );
      const outcomes = await outcomesOfAll(database, releaseIds);
      const ids = made.map(({ id }) => id);
      const next = await nextOf(ids);
      const ends = new Map(
        (
          await database.read(query.selectFrom('release_ends').selectAll().where('line', 'in', inList(ids)))
        ).map((row) => [row.line, row]),
      );
      return new Map(
        made.map((line): [number, ReleaseResult] => {
          const { id, releaseId } = line;
          const rows: ResultRows = {
            rollout: rollouts.get(releaseId),
            outcomes: outcomes.get(releaseId) ?? {},
            next: next.get(id),
            end: ends.get(id),
          };
          const stepsOf = () => toRollout(rows.rollout, line).policy.steps.length;
          const failures = needsFailures(rows) ? failuresOf(database, releaseId, stepsOf()) : [];
          return [id, toReleaseResult(line, rows, failures)];
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

  /** The next line of the same channel, and what it did, as far as that line says. */
  async function nextOf(ids: readonly number[]): Promise<ReadonlyMap<number, ReleaseEnd>> {
    const rows = await database.search(
      query
        .selectFrom('activations as line')
        .innerJoin('activations as next', (join) =>
          join.on('next.id', '=', (eb) =>
            eb
              .selectFrom('activations as later')
              .select('later.id')
              .whereRef('later.compatible', '=', 'line.compatible')
              .whereRef('later.channel', '=', 'line.channel')
              .whereRef('later.id', '>', 'line.id')
              .orderBy('later.id')
              .limit(1),
          ),
        )
        .select(['line.id as line', 'next.at', 'next.action', 'next.bundle', 'next.release_id'])
        .where('line.id', 'in', inList(ids)),
    );
    return new Map(rows.map(({ line, ...later }) => [line, toReleaseEnd(later)]));
  }
}

function inList(ids: readonly number[]) {
  return sql<number>`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}
