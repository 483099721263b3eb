/**
 * The forms that option values can have: each one turns text into a value, or says `undefined`, and names the form
 * that it accepts for the message about a bad value.
 */
export interface ValueType<T> {
  readonly name: string;
  /** All words that it accepts, where they are few. */
  readonly choices?: readonly string[];
  /** As the object of "use ...". */
  readonly accepts: string;
  /** @returns `undefined` when the text does not have the form */
  readonly parse: (text: string) => T | undefined;
  /** The value as one would write it. */
  format(value: T): string;
}

/** How a value is written that has one spelling. */
export const plain = (value: unknown): string => String(value);
