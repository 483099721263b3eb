import type { Database } from './database';

/** How many ids one block of the journal covers, as in the trigger of the migration. */
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
 * The range of ids that contains all lines of a period, as seen by the running transaction. Ids do not follow time where a clock was
 * set, so each block records the range of times of its lines.
 * @returns `undefined` when there are none
 */
export function idsOfTime(database: Pick<Database, 'query' | 'all'>, times: Times): Ids | undefined {
  return toIds(database.all(blocksOf(database, times))[0]);
}

/** The same, as a search. @throws DomainError `unavailable` */
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
