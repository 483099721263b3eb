import type { ErrorCode } from './error-code';

/** What a sentence needs: it travels as JSON. */
export type ReasonValue = string | number | boolean | null | undefined | readonly string[];
export type ReasonParameters = Readonly<Record<string, ReasonValue>>;

/** One reason of the catalogue: what kind of failure it is, and its words. */
export interface ReasonWords {
  readonly code: ErrorCode;
  /** Makes the sentence: lower case at its start, no full stop. */
  readonly says: (parameters: never) => string;
  /** What the reader should do next: whole sentences. */
  readonly remedy?: string | ((parameters: never) => string);
}

/** The reasons of one noun. */
export type Reasons = Readonly<Record<string, ReasonWords>>;
