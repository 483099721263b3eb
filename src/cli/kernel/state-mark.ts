import { lookOf, shapeMarks, type StateLook } from '../../contract/state-looks';

/** A state for people, its shape before its word: `✓ proven`. What is for programs stays the code of the API. */
export function markedState(code: string): string {
  return markOf(lookOf(code));
}

/** What stands for a state that is shown so. */
export function markOf({ shape, word }: StateLook): string {
  return `${shapeMarks[shape]} ${word}`;
}
