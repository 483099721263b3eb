/**
 * The forms that option values can have: each one turns text into a value, or returns `undefined`, and names the form
 * that it accepts, for the message about a bad value.
 */
export interface ValueType<T> {
  readonly name: string;
  /** All words that it accepts, if there are only a few. */
  readonly choices?: readonly string[];
  /** What it accepts, worded as the object of "use ...". */
  readonly accepts: string;
  /** @returns `undefined` when the text does not have the form */
  readonly parse: (text: string) => T | undefined;
  /** The value as a user would write it. */
  format(value: T): string;
}

/** Formats a value that has only one spelling. */
export const plain = (value: unknown): string => String(value);
