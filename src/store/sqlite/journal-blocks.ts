import type { Database } from './database';

/** In one block of the journal are the lines of so many ids, as the trigger of the migration divides them. */
const blockLines = 4_096;

interface Times {
  readonly since?: Date;
  readonly until?: Date;
}

interface Ids {
  readonly fromId: number;
  readonly beforeId: number;
}

/**
 * Between which ids the lines of a time are, as the transaction that is running sees it. Ids do not grow with time where a clock was
 * set, so that each block of lines says between which times its own are.
 * @returns `undefined` when there are none
 */
export function idsOfTime(database: Pick<Database, 'query' | 'all'>, times: Times): Ids | undefined {
  return toIds(database.all(blocksOf(database, times))[0]);
}

/** The same for who searches. @throws DomainError `unavailable` */
export async function searchIdsOfTime(
  database: Pick<Database, 'query' | 'search'>,
  times: Times,
): Promise<Ids | undefined> {
  return toIds((await database.search(blocksOf(database, times)))[0]);
}

function blocksOf({ query }: Pick<Database, 'query'>, { since, until }: Times) {
  let blocks = query.selectFrom('journal_blocks');
  if (since !== undefined) blocks = blocks.where('until_at', '>=', since.toISOString());
  if (until !== undefined) blocks = blocks.where('from_at', '<', until.toISOString());
  return blocks.select(({ fn }) => [fn.min('block').as('first'), fn.max('block').as('last')]);
}

function toIds(found?: { readonly first: number | null; readonly last: number | null }): Ids | undefined {
  if (found === undefined || found.first === null || found.last === null) return undefined;
  return { fromId: found.first * blockLines, beforeId: (found.last + 1) * blockLines };
}
