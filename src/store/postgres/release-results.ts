import { sql } from 'kysely';
import type { ReleaseEnd } from '../../core/release-end';
import type { ReleaseResult, ReleaseResults } from '../../ports/catalog';
import {
  madeLines,
  needsFailures,
  type ResultRows,
  toReleaseEnd,
  toReleaseResult,
} from '../rows/release-result-rows';
import type { Database, Reader } from './database';
import { anyOf, query } from './queries';
import { failuresOf } from './release-ends';
import { outcomesOfAll, wasOffered } from './release-outcomes';

/** The outcomes of releases, including past ones. */
export function createReleaseResults(database: Database): ReleaseResults {
  return {
    of(lines) {
      const made = madeLines(lines);
      if (made.length === 0) return Promise.resolve(new Map());
      return database.readTogether(async (reader) => {
        const releaseIds = [...new Set(made.map(({ releaseId }) => releaseId))];
        const ids = made.map(({ id }) => id);
        const ofReleases = query.selectFrom('rollouts').selectAll();
        const rollouts = await reader.all(ofReleases.where('release_id', 'in', anyOf(releaseIds)));
        const rolloutOf = new Map(rollouts.map((row) => [row.release_id, row]));
        const outcomes = await outcomesOfAll(reader, releaseIds);
        const next = await nextOf(reader, ids);
        const ends = await reader.all(
          query.selectFrom('release_ends').selectAll().where('line', 'in', anyOf(ids)),
        );
        const endOf = new Map(ends.map((row) => [row.line, row]));
        const results = new Map<number, ReleaseResult>();
        for (const line of made) {
          const { id, releaseId } = line;
          const rows: ResultRows = {
            rollout: rolloutOf.get(releaseId),
            outcomes: outcomes.get(releaseId) ?? {},
            next: next.get(id),
            end: endOf.get(id),
          };
          const failures = needsFailures(rows) ? await failuresOf(reader, releaseId) : [];
          results.set(id, toReleaseResult(line, rows, failures));
        }
        return results;
      });
    },

    wasOffered: (releaseId) => wasOffered(database, releaseId),

    async isProven({ name, compatible, version }) {
      const proven = sql<{ readonly proven: boolean }>`
        SELECT EXISTS (SELECT 1 FROM installations WHERE bundle = ${name} AND state = 'proven')
          OR EXISTS (SELECT 1 FROM activations JOIN release_outcomes ON release_outcomes.release_id = activations.id
            WHERE activations.bundle = ${name} AND release_outcomes.state = 'proven' AND devices > 0)
          OR EXISTS (SELECT 1 FROM devices WHERE compatible = ${compatible} AND system_version = ${version}) AS proven`;
      return (await database.all(proven.compile(query)))[0]?.proven === true;
    },
  };
}

/** The next line of the same channel, and what it did, as far as that line says. */
async function nextOf(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, ReleaseEnd>> {
  const rows = await reader.all(
    query
      .selectFrom('activations as line')
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('activations as later')
            .selectAll()
            .whereRef('later.compatible', '=', 'line.compatible')
            .whereRef('later.channel', '=', 'line.channel')
            .whereRef('later.id', '>', 'line.id')
            .orderBy('later.id')
            .limit(1)
            .as('next'),
        (join) => join.onTrue(),
      )
      .select(['line.id as line', 'next.at', 'next.action', 'next.bundle', 'next.release_id'])
      .where('line.id', 'in', anyOf(ids)),
  );
  return new Map(rows.map(({ line, ...later }) => [line, toReleaseEnd(later)]));
}
