/** Makes the sentence of a line from what it needs: lower case at its start, no full stop. */
export type LineWords = (parameters: never) => string;

/** The lines about one noun, by code. */
export type Lines = Readonly<Record<string, LineWords>>;

/** What somebody said of it, after a colon; nothing for who said nothing. */
export function because(why: string | null): string {
  return why === null || why === '' ? '' : `: ${why}`;
}
