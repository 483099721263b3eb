import type { Database } from './database';

/** In one block of the journal are the lines of so many ids, as the trigger of the migration divides them. */
const blockLines = 4_096;

/**
 * Between which ids lie the lines of a time. Ids do not grow with time where a clock was set, so that each block of lines says
 * between which times its own are.
 * @returns `undefined` when there are none
 */
export function idsOfTime(
  database: Pick<Database, 'query' | 'all'>,
  { since, until }: { readonly since?: Date; readonly until?: Date },
): { readonly fromId: number; readonly beforeId: number } | undefined {
  let blocks = database.query.selectFrom('journal_blocks').select('block');
  if (since !== undefined) blocks = blocks.where('until_at', '>=', since.toISOString());
  if (until !== undefined) blocks = blocks.where('from_at', '<', until.toISOString());
  const [first] = database.all(blocks.orderBy('block').limit(1));
  const [last] = database.all(blocks.orderBy('block', 'desc').limit(1));
  if (first === undefined || last === undefined) return undefined;
  return { fromId: first.block * blockLines, beforeId: (last.block + 1) * blockLines };
}
