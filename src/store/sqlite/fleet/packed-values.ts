import type { Circumstance, Why } from '../../../core/reasons/why';

/** What a function packs into an array, as it is read back. */
export type Packed<Pack extends (value: never) => unknown> = NonNullable<ReturnType<Pack>>;

/** Text as it is; a circumstance as JSON, in a list. */
export function packWhy(why: Why | null): string | readonly [string] | null {
  return why === null || typeof why === 'string' ? why : [JSON.stringify(why)];
}

export function unpackWhy(packed: ReturnType<typeof packWhy>): Why | null {
  return packed === null || typeof packed === 'string' ? packed : (JSON.parse(packed[0]) as Circumstance);
}

/** In milliseconds since the epoch. */
export function packDate(at: Date | null): number | null {
  return at === null ? null : at.getTime();
}

export function unpackDate(atMs: number | null): Date | null {
  return atMs === null ? null : new Date(atMs);
}
