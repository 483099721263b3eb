import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { DeviceFilter } from '../../ports/fleet-queries';
import { type DeviceCursor, type DeviceOrder, sortColumns } from '../rows/device-cursor';
import type { Database } from './database';
import { conditionsOf, isFoundBy, matchesAll } from './device-filter';
import { anyOf, query } from './queries';

/** A device of a page, with its sort value. */
interface Found {
  readonly id: string;
  readonly value: string | null;
}

interface Page {
  readonly order: DeviceOrder;
  readonly cursor: DeviceCursor | undefined;
  readonly limit: number;
}

interface FoundDevices {
  /** In list order. */
  readonly found: readonly Found[];
  /** How many match in total. */
  readonly total: number;
  readonly totalIsEstimate: boolean;
}

/** Where to look, and for what. */
interface Search {
  readonly rows: RawBuilder<unknown>;
  readonly matches: RawBuilder<SqlBool>;
  /** The same for a walk, which reads the text of one device after the other: PostgreSQL might first collect all texts that match. */
  readonly matchesOneByOne: RawBuilder<SqlBool>;
}

interface Bounds {
  /** Up to this many matching devices are counted; a larger number is an estimate. */
  readonly counted: number;
  /** How many devices to look at in list order before all matching ones are sorted. */
  readonly walked: number;
}

/** A walk finds a page of what one in a hundred devices matches. */
const usualBounds: Bounds = { counted: 10_000, walked: 25_000 };
/** When PostgreSQL expects this many times what is counted, there are more, however rough its statistics. */
const surely = 5;
/** Of very many matching devices, sorting takes longer than to look at this share of their number. */
const shareWalked = 1 / 8;

const devices = sql`devices`;
const noDevices: FoundDevices = { found: [], total: 0, totalIsEstimate: false };

/**
 * Finds a page of the matching devices, and how many match. Few matching devices are all read and sorted; of many, the first in list order
 * are soon found by an index. So a large fleet costs little more than a small one.
 * @param countFleet counts all devices
 * @throws DomainError `unavailable`
 */
export async function findDevices(
  database: Database,
  { search: text = '', ...filter }: DeviceFilter,
  page: Page,
  countFleet: () => Promise<number>,
  bounds = usualBounds,
): Promise<FoundDevices> {
  const conditions = conditionsOf(filter);
  if (text === '' && conditions.length === 0) {
    const total = await countFleet();
    return { found: await walk(database, page), total, totalIsEstimate: total > bounds.counted };
  }
  const search = searchOf(text, conditions, page.order);
  const expected = await estimate(database, search);
  let isMany = expected > surely * bounds.counted;
  if (text !== '' && !isMany) {
    const ids = await idsFoundBy(database, text, bounds);
    if (ids.length === 0) return noDevices;
    if (ids.length <= bounds.counted) {
      const few = searchOf('', [...conditions, sql`id IN ${anyOf(ids)}`], page.order);
      return (await findFew(database, few, page, bounds)) ?? noDevices;
    }
    isMany = conditions.length === 0 || expected > bounds.counted;
  }
  const estimated = (found: readonly Found[]) => {
    if (page.cursor === undefined && found.length < page.limit)
      return { found, total: found.length, totalIsEstimate: false };
    const total = Math.max(bounds.counted, Number(expected.toPrecision(2)));
    return { found, total, totalIsEstimate: true };
  };
  const few = () => findFew(database, search, page, bounds);
  const first = async () => {
    const walked = Math.max(bounds.walked, Math.ceil(expected * shareWalked));
    const found = await walk(database, page, { search, walked });
    return found.length === page.limit ? estimated(found) : undefined;
  };
  const found = isMany
    ? ((await first()) ?? (conditions.length === 0 ? undefined : await few()))
    : ((await few()) ?? (await first()));
  return found ?? estimated(await sortAll(database, search, page));
}

function searchOf(text: string, conditions: readonly RawBuilder<SqlBool>[], { sort }: DeviceOrder): Search {
  const given = matchesAll(conditions);
  if (text === '') return { rows: devices, matches: given, matchesOneByOne: given };
  const isFound = isFoundBy(text);
  if (conditions.length === 0 && sort === 'id')
    return { rows: textsAsDevices, matches: isFound, matchesOneByOne: isFound };
  return {
    rows: devices,
    matches: sql`${given} AND id IN (SELECT device FROM device_texts WHERE ${isFound})`,
    matchesOneByOne: sql`${given} AND (SELECT ${isFound} FROM device_texts WHERE device = devices.id)`,
  };
}

/** Enough for a search that nothing narrows down, in a list by id. */
const textsAsDevices = sql`(SELECT device AS id, found_by FROM device_texts) AS devices`;

/** At most one more than are counted. */
async function idsFoundBy(database: Database, text: string, { counted }: Bounds): Promise<readonly string[]> {
  const select = sql<{ readonly device: string }>`
    SELECT device FROM device_texts WHERE ${isFoundBy(text)} LIMIT ${counted + 1}`;
  return (await database.all(select.compile(query))).map(({ device }) => device);
}

/** @returns `undefined` when more match than are counted */
async function findFew(
  database: Database,
  { rows, matches }: Search,
  { order, cursor, limit }: Page,
  { counted }: Bounds,
): Promise<FoundDevices | undefined> {
  const after = sql.join(partsAfter(order, cursor, sql.ref('value')), sql` OR `);
  const select = sql<
    (Found & { readonly devices: number }) | { readonly devices: number; readonly id: null }
  >`
    WITH found AS MATERIALIZED (
      SELECT id, ${columnOf(order)} AS value FROM ${rows} WHERE ${matches} LIMIT ${counted + 1})
    SELECT counted.devices, page.id, page.value FROM (SELECT count(*) AS devices FROM found) AS counted
      LEFT JOIN (SELECT id, value FROM found WHERE ${after} ORDER BY ${inOrder(order)} LIMIT ${limit}) AS page ON true
      ORDER BY ${inOrder(order)}`;
  const read = await database.all(select.compile(query));
  const total = read[0]?.devices ?? 0;
  if (total > counted) return undefined;
  return { found: read.flatMap((row) => (row.id === null ? [] : row)), total, totalIsEstimate: false };
}

/** The first devices in list order, by an index of it. With a search, it may find fewer, because it looks at so many devices only. */
async function walk(
  database: Database,
  { order, cursor, limit }: Page,
  among?: { readonly search: Search; readonly walked: number },
): Promise<readonly Found[]> {
  const column = columnOf(order);
  const direction = sql.raw(order.isDescending ? 'DESC' : 'ASC');
  const by = sql`ORDER BY ${column} ${direction}, id ${direction}`;
  const found: Found[] = [];
  let previous: RawBuilder<SqlBool> | undefined;
  for (const part of partsAfter(order, cursor, column)) {
    const rest = limit - found.length;
    if (rest === 0) break;
    if (among !== undefined && previous !== undefined && (await isLonger(database, previous, among.walked)))
      break;
    previous = part;
    const select =
      among === undefined
        ? sql<Found>`SELECT id, ${column} AS value FROM devices WHERE ${part} ${by} LIMIT ${rest}`
        : sql<Found>`
          SELECT id, ${column} AS value FROM (SELECT * FROM ${among.search.rows} WHERE ${part} ${by} LIMIT ${among.walked}) AS devices
          WHERE ${among.search.matchesOneByOne} ${by} LIMIT ${rest}`;
    found.push(...(await database.all(select.compile(query))));
  }
  return found;
}

/** Whether a part of the list has more devices than a walk looks at: those come before the next part. */
async function isLonger(database: Database, part: RawBuilder<SqlBool>, walked: number): Promise<boolean> {
  const select = sql`SELECT FROM devices WHERE ${part} OFFSET ${walked} LIMIT 1`;
  return (await database.all(select.compile(query))).length > 0;
}

async function sortAll(
  database: Database,
  { rows, matches }: Search,
  { order, cursor, limit }: Page,
): Promise<readonly Found[]> {
  const after = sql.join(partsAfter(order, cursor, sql.ref('value')), sql` OR `);
  // OFFSET keeps PostgreSQL from walking an index of the order after all.
  const select = sql<Found>`
    SELECT id, value FROM (SELECT id, ${columnOf(order)} AS value FROM ${rows} WHERE ${matches} OFFSET 0) AS found
    WHERE ${after} ORDER BY ${inOrder(order)} LIMIT ${limit}`;
  return database.all(select.compile(query));
}

/** How many devices PostgreSQL expects, by its statistics. */
async function estimate(database: Database, { rows, matches }: Search): Promise<number> {
  const explain = sql<{
    readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
  }>`
    EXPLAIN (FORMAT JSON) SELECT FROM ${rows} WHERE ${matches}`;
  const [row] = await database.all(explain.compile(query));
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

/** As the cursor has it: missing values come first. */
function inOrder({ isDescending }: DeviceOrder): RawBuilder<unknown> {
  return isDescending ? sql`value DESC NULLS LAST, id DESC` : sql`value ASC NULLS FIRST, id ASC`;
}

function columnOf({ sort }: DeviceOrder): RawBuilder<unknown> {
  return sql.ref(sortColumns[sort]);
}

/** The devices after a place, as one or two stretches of an index of the column: missing values come first, but an index has them last. */
function partsAfter(
  { isDescending }: DeviceOrder,
  cursor: DeviceCursor | undefined,
  column: RawBuilder<unknown>,
): readonly RawBuilder<SqlBool>[] {
  const beyond = sql.raw(isDescending ? '<' : '>');
  const missing = sql<SqlBool>`${column} IS NULL`;
  const present = sql<SqlBool>`${column} IS NOT NULL`;
  if (cursor === undefined) return isDescending ? [present, missing] : [missing, present];
  const { value, id } = cursor;
  if (value === null) {
    const others = sql<SqlBool>`(${column} IS NULL AND id ${beyond} ${id})`;
    return isDescending ? [others] : [others, present];
  }
  const others = sql<SqlBool>`(${column}, id) ${beyond} (${value}, ${id})`;
  return isDescending ? [others, missing] : [others];
}
