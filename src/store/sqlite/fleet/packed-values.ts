/** What a function packs into an array, as it is read back. */
export type Packed<Pack extends (value: never) => unknown> = NonNullable<ReturnType<Pack>>;

/** In milliseconds since the epoch. */
export function packDate(at: Date | null): number | null {
  return at === null ? null : at.getTime();
}

export function unpackDate(atMs: number | null): Date | null {
  return atMs === null ? null : new Date(atMs);
}
