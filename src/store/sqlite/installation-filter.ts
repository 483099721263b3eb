import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { InstallationFilter } from '../../ports/fleet-queries';
import type { Lines } from './look-back';

/** The index that selects the fewest installations, and the conditions to check on each of them. */
export function installationLines({ deviceId, state, bundleName, releaseId }: InstallationFilter): Lines {
  const given = Object.entries({ device: deviceId, bundle: bundleName, release_id: releaseId, state }).filter(
    ([, value]) => value !== undefined,
  );
  const used = indexFor(given.map(([column]) => column));
  const where = (columns: readonly string[], plus: string): RawBuilder<SqlBool>[] =>
    given
      .filter(([column]) => columns.includes(column))
      .map(([column, value]) => sql<SqlBool>`${sql.raw(plus)}${sql.ref(column)} = ${value}`);
  const walked = where(used, '');
  const others = given.map(([column]) => column).filter((column) => !used.includes(column));
  const condition = walked.length === 0 ? sql`true` : sql.join(walked, sql` AND `);
  return { walks: [sql`SELECT id FROM installations WHERE ${condition}`], rest: where(others, '+') };
}

/**
 * A device has few installations, those of a bundle are indexed by state, and those of a release are some of its
 * bundle's.
 */
function indexFor(given: readonly string[]): readonly string[] {
  if (given.includes('device')) return ['device'];
  if (given.includes('release_id')) return ['release_id'];
  if (given.includes('bundle')) return ['bundle', ...given.filter((column) => column === 'state')];
  return given;
}
