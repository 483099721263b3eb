/** What a person typed into a field of a form, without the blanks around it; empty for a field that is not there. */
export function typedIn(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The same as part of a request; nothing where nothing was typed, so that the server's default counts. */
export function optional(fields: FormData, name: string): Readonly<Record<string, string>> {
  const value = typedIn(fields, name);
  return value === '' ? {} : { [name]: value };
}
