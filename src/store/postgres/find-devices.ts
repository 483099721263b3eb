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
}

/** Up to this many matching devices are counted; a larger number is an estimate. */
const maxCounted = 10_000;
/** How many devices to look at in list order before all matching ones are sorted: one in a hundred matches. */
const maxWalked = 25_000;

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
): Promise<FoundDevices> {
  const conditions = conditionsOf(filter);
  if (text === '' && conditions.length === 0) {
    const total = await countFleet();
    return { found: await walk(database, page), total, totalIsEstimate: total > maxCounted };
  }
  if (text !== '') {
    const ids = await idsFoundBy(database, text);
    if (ids.length === 0) return noDevices;
    if (ids.length <= maxCounted) conditions.push(sql`id IN ${anyOf(ids)}`);
    else if (conditions.length === 0 && page.order.sort === 'id')
      return findMany(database, { rows: textsAsDevices, matches: isFoundBy(text) }, page);
    else conditions.push(sql`id IN (SELECT device FROM device_texts WHERE ${isFoundBy(text)})`);
  }
  const search = { rows: devices, matches: matchesAll(conditions) };
  return (await findFew(database, search, page)) ?? findMany(database, search, page);
}

/** Enough for a search that nothing narrows down, in a list by id. */
const textsAsDevices = sql`(SELECT device AS id, found_by FROM device_texts) AS devices`;

/** At most one more than are counted. */
async function idsFoundBy(database: Database, text: string): Promise<readonly string[]> {
  const select = sql<{ readonly device: string }>`
    SELECT device FROM device_texts WHERE ${isFoundBy(text)} LIMIT ${maxCounted + 1}`;
  return (await database.all(select.compile(query))).map(({ device }) => device);
}

/** @returns `undefined` when more match than are counted */
async function findFew(
  database: Database,
  { rows, matches }: Search,
  { order, cursor, limit }: Page,
): Promise<FoundDevices | undefined> {
  const after = sql.join(partsAfter(order, cursor, sql.ref('value')), sql` OR `);
  const select = sql<
    (Found & { readonly devices: number }) | { readonly devices: number; readonly id: null }
  >`
    WITH found AS MATERIALIZED (
      SELECT id, ${columnOf(order)} AS value FROM ${rows} WHERE ${matches} LIMIT ${maxCounted + 1})
    SELECT counted.devices, page.id, page.value FROM (SELECT count(*) AS devices FROM found) AS counted
      LEFT JOIN (SELECT id, value FROM found WHERE ${after} ORDER BY ${inOrder(order)} LIMIT ${limit}) AS page ON true
      ORDER BY ${inOrder(order)}`;
  const read = await database.all(select.compile(query));
  const total = read[0]?.devices ?? 0;
  if (total > maxCounted) return undefined;
  return { found: read.flatMap((row) => (row.id === null ? [] : row)), total, totalIsEstimate: false };
}

async function findMany(database: Database, search: Search, page: Page): Promise<FoundDevices> {
  const near = await walk(database, page, search);
  const found = near.length < page.limit ? await sortAll(database, search, page) : near;
  return { found, total: await estimate(database, search), totalIsEstimate: true };
}

/** The first devices in list order, by an index of it. With a search, it looks only at the first {@link maxWalked} devices. */
async function walk(
  database: Database,
  { order, cursor, limit }: Page,
  search?: Search,
): Promise<readonly Found[]> {
  const column = columnOf(order);
  const direction = sql.raw(order.isDescending ? 'DESC' : 'ASC');
  const by = sql`ORDER BY ${column} ${direction}, id ${direction}`;
  const found: Found[] = [];
  for (const part of partsAfter(order, cursor, column)) {
    const rest = limit - found.length;
    if (rest === 0) break;
    const select =
      search === undefined
        ? sql<Found>`SELECT id, ${column} AS value FROM devices WHERE ${part} ${by} LIMIT ${rest}`
        : sql<Found>`
          SELECT id, ${column} AS value FROM (SELECT * FROM ${search.rows} WHERE ${part} ${by} LIMIT ${maxWalked}) AS devices
          WHERE ${search.matches} ${by} LIMIT ${rest}`;
    found.push(...(await database.all(select.compile(query))));
  }
  return found;
}

async function sortAll(
  database: Database,
  { rows, matches }: Search,
  { order, cursor, limit }: Page,
): Promise<readonly Found[]> {
  const after = sql.join(partsAfter(order, cursor, sql.ref('value')), sql` OR `);
  const select = sql<Found>`
    WITH found AS MATERIALIZED (SELECT id, ${columnOf(order)} AS value FROM ${rows} WHERE ${matches})
    SELECT id, value FROM found WHERE ${after} ORDER BY ${inOrder(order)} LIMIT ${limit}`;
  return database.all(select.compile(query));
}

/** How many devices PostgreSQL expects, by its statistics. */
async function estimate(database: Database, { rows, matches }: Search): Promise<number> {
  const explain = sql<{
    readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
  }>`
    EXPLAIN (FORMAT JSON) SELECT FROM ${rows} WHERE ${matches}`;
  const [row] = await database.all(explain.compile(query));
  const expected = row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  return Math.max(maxCounted, Number(expected.toPrecision(2)));
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
