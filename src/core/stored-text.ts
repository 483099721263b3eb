/**
 * Whether a text survives storage and display: SQLite and C programs end it at a NUL, and half a surrogate pair is not a
 * character in UTF-8, so reading it back would give a different text.
 */
export function canBeStored(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

/**
 * Finds texts in a parsed value that cannot be stored: the path of names to each of them.
 * @returns an empty list when everything can be stored
 */
export function findUnstorable(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return canBeStored(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(canBeStored(key) ? [] : [path]),
    ...findUnstorable(part, [...path, key]),
  ]);
}
