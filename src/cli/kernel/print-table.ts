import { type CliContext, print, talk } from './context';
import { formatTable } from './printable';

/**
 * Prints the results of a command as a table. If there are none, it says so on standard error.
 * @param nothing the message for no results
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
