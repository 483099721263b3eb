import { type CliContext, print, talk } from './context';
import { formatTable } from './printable';

/**
 * Prints what a command has found, as a table. Where that is nothing, it says so on standard error.
 * @param nothing what it says then
 */
export function printTable(
  context: CliContext,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  nothing = 'nothing found',
): void {
  if (rows.length === 0) talk(context, nothing);
  else print(context, formatTable(header, rows));
}
