import type { ErrorCode } from './error-code';

/** A parameter of a sentence, which may be a code with parameters itself; it is sent as JSON. */
export type ReasonValue =
  string | number | boolean | null | undefined | NestedReason | readonly (string | NestedReason)[];

/** A reason within another one. */
export interface NestedReason {
  readonly code: string;
  readonly parameters: ReasonParameters;
}
export type ReasonParameters = Readonly<Record<string, ReasonValue>>;

/** A reason of the catalogue: its kind of failure, and its words. */
export interface ReasonWords {
  readonly code: ErrorCode;
  /** Makes the sentence; it starts in lower case and has no full stop. */
  readonly says: (parameters: never) => string;
  /** What to do next, in whole sentences. */
  readonly remedy?: string | ((parameters: never) => string);
}

/** The reasons of one noun. */
export type Reasons = Readonly<Record<string, ReasonWords>>;
