/** At most `maxLength` UTF-16 units of a text, with `…` where it was cut; never half a character. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`;
}
