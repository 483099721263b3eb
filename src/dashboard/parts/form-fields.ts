/** The trimmed text of a form field; empty if there is no such field. */
export function typedIn(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** A field as part of a request; left out if empty, so that the server's default applies. */
export function optional(fields: FormData, name: string): Readonly<Record<string, string>> {
  const value = typedIn(fields, name);
  return value === '' ? {} : { [name]: value };
}
