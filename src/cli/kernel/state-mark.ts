import { lookOf, shapeMarks } from '../../contract/state-looks';

/** A state for people, its shape before its word: `✓ proven`. What is for programs stays the code of the API. */
export function markedState(code: string): string {
  const { shape, word } = lookOf(code);
  return `${shapeMarks[shape]} ${word}`;
}
