/** Made when it is first needed: a language's rules take a while to load. */
let collator: Intl.Collator | undefined;

/** Orders names as people count: `v9` before `v10`. Only equal texts are equal. */
export function compareNaturally(a: string, b: string): number {
  if (a === b) return 0;
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
