import { sayWhy } from '../circumstances/sentences';
import type { Why } from '../reasons/why';

/** Makes a line's sentence from its parameters: it starts in lower case and has no full stop. */
export type LineWords = (parameters: never) => string;

/** The lines about one noun, by code. */
export type Lines = Readonly<Record<string, LineWords>>;

/** A given reason, after a colon; empty if there is none. */
export function because(why: Why | null): string {
  return why === null || why === '' ? '' : `: ${sayWhy(why)}`;
}
