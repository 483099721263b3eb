/**
 * Whether a text can be kept and shown as it is: SQLite and C programs end it at a NUL, and half of a surrogate pair is no character
 * in UTF-8, so that what is read back is another text.
 */
export function canBeStored(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

/**
 * Where in a parsed value a text is that cannot be stored: the names on the way to it.
 * @returns nothing when all of it can be stored
 */
export function findUnstorable(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return canBeStored(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(canBeStored(key) ? [] : [path]),
    ...findUnstorable(part, [...path, key]),
  ]);
}
