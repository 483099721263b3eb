/** A value that can be packed; `undefined` and instances of classes cannot. */
export type PackableValue =
  null | boolean | number | string | readonly PackableValue[] | { readonly [name: string]: PackableValue };

/**
 * Packed values consist of a head, the values, and all their texts joined into one. The first of the head's four bytes says how
 * the texts are encoded, the others say where they start. Each value starts with one of these bytes, which also holds a small
 * whole number.
 */
export const kind = {
  null: 0,
  false: 1,
  true: 2,
  double: 3,
  text: 4,
  array: 5,
  object: 6,
  whole4: 7,
  whole6: 8,
  small: 9,
} as const;

export const headBytes = 4;

/** How many small numbers there are. */
export const smallNumbers = 256 - kind.small;

/** Texts take one byte per character if all of them fit. */
export const encodings = ['latin1', 'utf16le'] as const;
