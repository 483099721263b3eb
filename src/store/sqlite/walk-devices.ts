import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DeviceFilter } from '../../ports/fleet-queries';
import type { Database } from './database';
import { conditionsByIndex, conditionsOf } from './device-filter';

/** How many devices to read in one piece: a few milliseconds. */
const devicesInPiece = 5_000;
/** How many devices to return at once. */
const devicesInStretch = 250;

interface Stretch {
  readonly ids: readonly string[];
  /** `null` at the end. */
  readonly next: string | null;
}

/**
 * Finds the next matching devices, by id. Like a search it examines a bounded number of rows at a time.
 * @throws DomainError `unavailable`
 */
export async function walkDevices(
  database: Database,
  filter: DeviceFilter,
  afterId: string,
): Promise<Stretch> {
  const few = await conditionsByIndex(database, filter);
  if (few !== undefined)
    return stretchOf(await idsWhere(database, [...few, sql`+id > ${afterId}`], '+'), null);
  const end = await endOfPiece(database, afterId);
  const piece = sql<SqlBool>`id > ${afterId}`;
  const upTo = end === null ? [] : [sql<SqlBool>`id <= ${end}`];
  return stretchOf(await idsWhere(database, [piece, ...upTo, ...conditionsOf(filter, false)], ''), end);
}

/** @param end where the search stopped, `null` at the end of the table */
function stretchOf(found: readonly string[], end: string | null): Stretch {
  const ids = found.slice(0, devicesInStretch);
  return { ids, next: found.length > devicesInStretch ? (ids.at(-1) ?? end) : end };
}

/**
 * Reads one id more than is returned at once, to know whether there are more.
 * @param plus keeps SQLite off the id order when another index selects few
 */
async function idsWhere(
  database: Database,
  conditions: readonly RawBuilder<SqlBool>[],
  plus: '' | '+',
): Promise<readonly string[]> {
  const select = sql<{ readonly id: string }>`
    SELECT id FROM devices WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY ${sql.raw(plus)}id LIMIT ${devicesInStretch + 1}`;
  return (await database.search(select.compile(database.query))).map(({ id }) => id);
}

/** @returns the last device of the piece after a device; `null` when the piece reaches the end */
async function endOfPiece(database: Database, afterId: string): Promise<string | null> {
  const last = sql<{ readonly id: string }>`
    SELECT id FROM devices WHERE id > ${afterId} ORDER BY id LIMIT 1 OFFSET ${devicesInPiece - 1}`;
  return (await database.search(last.compile(database.query)))[0]?.id ?? null;
}
