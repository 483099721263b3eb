/** At most so many UTF-16 units of a text, with `…` where it was cut; never half of a character. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`;
}
