import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Database } from './database';

/** How many lines to read in one piece: a few milliseconds. */
const linesInPiece = 2_000;
/** How many pieces one request reads. The answer says how far it got, and the next request continues there. */
const piecesInSearch = 50;

/** Lines of a table whose `id` grows, and how they are found. */
export interface Lines {
  /** Each finds ids, in order, through an index: `SELECT id FROM events WHERE device = ?`. More conditions are appended. */
  readonly walks: readonly RawBuilder<unknown>[];
  /** No line with a smaller id matches. */
  readonly fromId?: number;
  /** No line from this id on matches. */
  readonly beforeId?: number;
  /** The conditions that the walk does not cover, with a plus before each column, which keeps SQLite on the walk. */
  readonly rest: readonly RawBuilder<SqlBool>[];
}

export interface Back<Row> {
  /** Newest first. */
  readonly rows: readonly Row[];
  /** Where an older page begins; `null` when there is nothing older. */
  readonly nextBefore: number | null;
  /** Whether it stopped early because it had read enough. */
  readonly isCut: boolean;
}

export interface BackPage {
  readonly limit: number;
  /** Only older lines. */
  readonly beforeId?: number;
}

/**
 * Searches lines from the newest to the oldest, piece by piece; other reads run in between.
 * @throws DomainError `unavailable`
 */
export async function lookBack<Row extends { readonly id: number }>(
  database: Database,
  table: 'events' | 'installations',
  lines: Lines,
  page: BackPage,
): Promise<Back<Row>> {
  let found = await lookAtPiece<Row>(database, table, lines, page);
  for (let piece = 1; piece < piecesInSearch && found.isCut && found.nextBefore !== null; piece += 1) {
    const older = { limit: page.limit - found.rows.length, beforeId: found.nextBefore };
    const next = await lookAtPiece<Row>(database, table, lines, older);
    found = { ...next, rows: [...found.rows, ...next.rows] };
  }
  return found;
}

/** Reads a bounded number of lines. */
async function lookAtPiece<Row extends { readonly id: number }>(
  database: Database,
  table: 'events' | 'installations',
  { walks, rest, fromId = 1, beforeId = Number.MAX_SAFE_INTEGER }: Lines,
  { limit, ...page }: BackPage,
): Promise<Back<Row>> {
  if (walks.length === 0) return { rows: [], nextBefore: null, isCut: false };
  const isExact = rest.length === 0;
  const most = isExact ? limit : linesInPiece;
  // One bound on each side: given two, SQLite may start at the wrong one.
  const end = Math.min(beforeId, page.beforeId ?? beforeId);
  const walk = sql`${sql.join(
    walks.map((one) => sql`${one} AND id >= ${fromId} AND id < ${end}`),
    sql` UNION ALL `,
  )} ORDER BY id DESC LIMIT ${most}`;
  const conditions = [sql<SqlBool>`id IN (${walk})`, ...rest];
  const rows = await database.search(
    sql<Row>`SELECT * FROM ${sql.ref(table)} WHERE ${sql.join(conditions, sql` AND `)} ORDER BY id DESC LIMIT ${limit}`.compile(
      database.query,
    ),
  );
  const last = rows.at(-1);
  if (rows.length === limit && last !== undefined) return { rows, nextBefore: last.id, isCut: false };
  if (isExact) return { rows, nextBefore: null, isCut: false };
  const [looked] = await database.search(
    sql<{ readonly lines: number; readonly oldest: number | null }>`
      SELECT count(*) AS lines, min(id) AS oldest FROM (${walk})`.compile(database.query),
  );
  const oldest = looked?.lines === most ? looked.oldest : null;
  const isCut = oldest !== null && oldest > fromId;
  return { rows, nextBefore: isCut ? oldest : null, isCut };
}
