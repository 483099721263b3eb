import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { theServer } from '../../core/event';
import type { EventFilter } from '../../core/event-filter';
import type { Database } from './database';
import { searchIdsOfTime } from './journal-blocks';
import type { Lines } from './look-back';

type Column = 'device' | 'compatible' | 'channel' | 'bundle' | 'release_id' | 'installation_id' | 'actor';

/** The index that leads to the fewest lines, and the conditions left to check on each of them. */
export async function journalLines(database: Database, filter: EventFilter, afterId = 0): Promise<Lines> {
  const { since, until, kinds: wanted = [] } = filter;
  const isTimed = since !== undefined || until !== undefined;
  const times = isTimed ? await searchIdsOfTime(database, filter) : { fromId: 1 };
  if (times === undefined) return { walks: [], rest: [] };
  const kinds = wanted.length === 0 ? undefined : await kindsIn(database, wanted);
  const equal: readonly (readonly [Column, string | number | undefined])[] = [
    ['device', filter.deviceId],
    ['compatible', filter.compatible],
    ['channel', filter.channel],
    ['bundle', filter.bundleName],
    ['release_id', filter.releaseId],
    ['installation_id', filter.installationId],
    ['actor', filter.actor],
  ];
  const given = equal.filter(([, value]) => value !== undefined);
  const index = indexFor(filter, kinds);
  const rest: RawBuilder<SqlBool>[] = given
    .filter(([column]) => column !== index)
    .map(([column, value]) => sql<SqlBool>`+${sql.ref(column)} = ${value}`);
  if (kinds !== undefined && index !== 'kind')
    rest.push(sql<SqlBool>`+kind IN (SELECT value FROM json_each(${JSON.stringify(kinds)}))`);
  if (filter.isByPeople === true && index !== 'people')
    rest.push(sql<SqlBool>`+actor NOT LIKE 'device:%' AND +actor <> ${theServer.name}`);
  if (since !== undefined) rest.push(sql<SqlBool>`+at >= ${since.toISOString()}`);
  if (until !== undefined) rest.push(sql<SqlBool>`+at < ${until.toISOString()}`);
  const fromId = Math.max(afterId + 1, times.fromId);
  return { ...times, fromId, walks: walksOf(index, filter, kinds ?? []), rest };
}

/** A device writes only about itself, so the index of devices also leads to the lines that it wrote. */
type Index = 'device' | 'own' | 'actor' | 'release_id' | 'people' | 'kind' | 'id';

function indexFor(filter: EventFilter, kinds: readonly string[] | undefined): Index {
  const { actor } = filter;
  if (filter.deviceId !== undefined) return 'device';
  if (actor?.startsWith('device:') === true) return 'own';
  if (actor !== undefined && actor !== theServer.name) return 'actor'; // people do little compared with devices
  if (filter.releaseId !== undefined) return 'release_id';
  if (filter.isByPeople === true) return 'people';
  if (kinds !== undefined) return 'kind';
  return actor === undefined ? 'id' : 'actor';
}

function walksOf(
  index: Index,
  { deviceId, actor = '', releaseId }: EventFilter,
  kinds: readonly string[],
): readonly RawBuilder<unknown>[] {
  const ids = (condition: RawBuilder<SqlBool>) => sql`SELECT id FROM events WHERE ${condition}`;
  if (index === 'device') return [ids(sql`device = ${deviceId}`)];
  if (index === 'own') return [ids(sql`device = ${actor.slice('device:'.length)}`)];
  // In the exact words of the index, which does not match otherwise.
  if (index === 'actor') return [ids(sql`actor = ${actor} AND actor NOT LIKE 'device:%'`)];
  if (index === 'release_id') return [ids(sql`release_id = ${releaseId}`)];
  // In the exact words of the index. Only naming it stops SQLite from scanning the table, which has all lines in this
  // order, too.
  if (index === 'people')
    return [
      sql`SELECT id FROM events INDEXED BY events_by_people WHERE actor NOT LIKE 'device:%' AND actor <> 'server'`,
    ];
  // Each kind has its lines by id already: SQLite merges them as far as it needs them.
  if (index === 'kind') return kinds.map((kind) => ids(sql`kind = ${kind}`));
  return [ids(sql`true`)];
}

/** The wanted kinds that the journal has. There are few, and each is found with one look-up in the index. */
async function kindsIn(database: Database, wanted: readonly string[]): Promise<readonly string[]> {
  const known = await database.search(
    sql<{ readonly kind: string }>`
      WITH RECURSIVE known (kind) AS (
        SELECT min(kind) FROM events
        UNION ALL
        SELECT (SELECT min(kind) FROM events WHERE kind > known.kind) FROM known WHERE kind IS NOT NULL
      ) SELECT kind FROM known WHERE kind IS NOT NULL`.compile(database.query),
  );
  const fits = (kind: string) =>
    wanted.some((one) => (one.endsWith('.') ? kind.startsWith(one) : kind === one));
  return known.map(({ kind }) => kind).filter(fits);
}
