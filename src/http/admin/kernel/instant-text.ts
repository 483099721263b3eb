/** An instant in the form of the API; `null` stays `null`. */
export function instantText(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
