import { lookOf, shapeMarks, type StateLook } from '../../contract/state-looks';

/** A state for people, with its symbol before its word: `✓ proven`. Programs get the code of the API. */
export function markedState(code: string): string {
  return markOf(lookOf(code));
}

/** The mark of a state with this look. */
export function markOf({ shape, word }: StateLook): string {
  return `${shapeMarks[shape]} ${word}`;
}
