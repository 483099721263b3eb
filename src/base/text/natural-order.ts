const { compare } = new Intl.Collator('en', { numeric: true });

/** Orders names as people count: `v9` before `v10`. Only equal texts are equal. */
export function compareNaturally(a: string, b: string): number {
  if (a === b) return 0;
  return compare(a, b) || (a < b ? -1 : 1);
}
