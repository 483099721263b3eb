import type { NestedReason } from './reason-words';

/**
 * Why something is as it is, as a code with parameters; `core/circumstances` has its sentence. Codes are stored, so they must
 * outlive versions.
 */
export interface Circumstance<Code extends string = string> extends NestedReason {
  readonly code: Code;
}

/**
 * Why something is as it is: a circumstance that the server has found, or a text that a person or a device wrote. A sentence that
 * an earlier version stored is a text, too.
 */
export type Why = string | Circumstance;

/** Whether a stored value is a circumstance. */
export function isCircumstance(value: unknown): value is Circumstance {
  return typeof value === 'object' && value !== null && 'code' in value && 'parameters' in value;
}

/** Makes the sentence of a reason within another one. */
export type SayWhy = (why: Why) => string;

/** Makes a circumstance's sentence: it starts in lower case and has no full stop. */
export type CircumstanceWords = (parameters: never, say: SayWhy) => string;

/** The circumstances of one noun, by code. */
export type Circumstances = Readonly<Record<string, CircumstanceWords>>;
