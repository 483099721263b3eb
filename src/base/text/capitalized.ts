/** The same text with its first letter in upper case, as at the start of a sentence. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('');
}
