import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DeviceFilter } from '../../ports/fleet-queries';
import type { Database } from './database';
import { type DeviceCursor, type DeviceOrder, isAfter, sortColumns } from '../rows/device-cursor';
import { conditionsByIndex, conditionsOf } from './device-filter';

/** A device of a page, with its sort value. */
interface Found {
  readonly id: string;
  readonly value: string | null;
}

interface Wanted extends DeviceOrder {
  readonly filters: DeviceFilter;
  readonly cursor: DeviceCursor | undefined;
  readonly limit: number;
}

interface FoundDevices {
  /** In list order. */
  readonly found: readonly Found[];
  /** How many match in total. */
  readonly total: number;
}

/** How many devices to read at once: a few milliseconds. */
const devicesInPiece = 5_000;

/**
 * Finds a page of the matching devices, and counts all of them. If many devices of a large fleet match, it reads them
 * piece by piece in stored order, and other reads run in between: an index would only jump from row to row all over
 * the file.
 * @throws DomainError `unavailable`
 */
export async function findDevices(database: Database, wanted: Wanted): Promise<FoundDevices> {
  const { filters } = wanted;
  // For all devices, the index of the order finds the page; for some of them it would examine most rows for nothing.
  if (conditionsOf(filters, true).length === 0) return findAtOnce(database, wanted, [], '');
  const conditions = await conditionsByIndex(database, filters);
  return conditions === undefined ? scan(database, wanted) : findAtOnce(database, wanted, conditions, '+');
}

async function findAtOnce(
  database: Database,
  { cursor, limit, ...order }: Wanted,
  conditions: readonly Expression<SqlBool>[],
  plus: '' | '+',
): Promise<FoundDevices> {
  const after = cursor === undefined ? [] : [isAfter(order, cursor)];
  const found = await database.search(
    select([...conditions, ...after], order, { limit, plus }).compile(database.query),
  );
  return { found, total: await countOf(database, conditions) };
}

async function scan(database: Database, { filters, cursor, limit, ...order }: Wanted): Promise<FoundDevices> {
  const conditions = conditionsOf(filters, false);
  const after = cursor === undefined ? [] : [isAfter(order, cursor)];
  let found: readonly Found[] = [];
  let total = 0;
  let begin = 0;
  for (let end = await endOfPiece(database, 0); end !== null; end = await endOfPiece(database, begin)) {
    const piece = [sql<SqlBool>`rowid > ${begin} AND rowid <= ${end}`, ...conditions];
    begin = end;
    const devices = await countOf(database, piece);
    total += devices;
    if (devices === 0) continue;
    const next = await database.search(
      select([...piece, ...after], order, { limit, plus: '+' }).compile(database.query),
    );
    if (next.length > 0) found = [...found, ...next].sort(compareBy(order)).slice(0, limit);
  }
  return { found, total };
}

async function countOf(database: Database, conditions: readonly Expression<SqlBool>[]): Promise<number> {
  const counted = sql<{
    readonly devices: number;
  }>`SELECT count(*) AS devices FROM devices WHERE ${all(conditions)}`;
  return (await database.search(counted.compile(database.query)))[0]?.devices ?? 0;
}

/** @returns the last row of the piece after a row; `null` when there is none */
async function endOfPiece(database: Database, begin: number): Promise<number | null> {
  const [piece] = await database.search(
    sql<{ readonly last: number | null }>`
      SELECT max(rowid) AS last FROM
        (SELECT rowid FROM devices WHERE rowid > ${begin} ORDER BY rowid LIMIT ${devicesInPiece})`.compile(
      database.query,
    ),
  );
  return piece?.last ?? null;
}

function select(
  conditions: readonly Expression<SqlBool>[],
  { sort, isDescending }: DeviceOrder,
  { limit, plus }: { readonly limit: number; readonly plus: '' | '+' },
) {
  const column = sql.ref(sortColumns[sort]);
  const by = (name: RawBuilder<unknown>) =>
    sql`${sql.raw(plus)}${name} ${sql.raw(isDescending ? 'DESC' : 'ASC')}`;
  return sql<Found>`
    SELECT id, ${column} AS value FROM devices WHERE ${all(conditions)}
    ORDER BY ${by(column)}, ${by(sql.ref('id'))} LIMIT ${limit}`;
}

function all(conditions: readonly Expression<SqlBool>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
}

/** Orders as SQLite does: missing values come first, and text is compared by its bytes. */
function compareBy({ isDescending }: DeviceOrder) {
  const sign = isDescending ? -1 : 1;
  return (a: Found, b: Found) => sign * (compareValues(a.value, b.value) || compareText(a.id, b.id));
}

function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return compareText(a, b);
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
