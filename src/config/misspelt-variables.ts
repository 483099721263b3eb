import { readDotenv } from './dotenv-file';
import { getOption, optionKeys } from './options';

/** Up to this many added, missing or wrong letters are a slip; beyond that, it is another program's variable. */
const slipLetters = 2;

export interface MisspeltVariable {
  readonly name: string;
  /** The existing variable that was probably meant. */
  readonly meant: string;
}

/**
 * Finds variables in a `.env` file whose names are almost those of ours, so that they have no effect. Ignores all others:
 * other programs may share the file.
 */
export function findMisspelt(dotenvPath: string): readonly MisspeltVariable[] {
  const known = optionKeys.map((key) => getOption(key).env);
  const unknown = Object.keys(readDotenv(dotenvPath, [])).filter((name) => !known.includes(name));
  return unknown.flatMap((name) => {
    const [best] = known
      .map((meant) => ({ name, meant, letters: distance(name.toUpperCase(), meant) }))
      .sort((a, b) => a.letters - b.letters);
    return best === undefined || best.letters > slipLetters ? [] : [{ name, meant: best.meant }];
  });
}

/** How many letters must be inserted, removed or replaced to turn one word into another (Levenshtein). */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > slipLetters) return Infinity;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (const [j, wanted] of Array.from(other).entries()) {
      const replaced = (row[j] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
