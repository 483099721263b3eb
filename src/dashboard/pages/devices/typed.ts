/** What a person typed into a field of a form, without the spaces around it; `undefined` where there is no such field. */
export function typed(fields: FormData, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : undefined;
}
