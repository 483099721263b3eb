/** An instant as the API has it; `null` stays `null`. */
export function instantText(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
