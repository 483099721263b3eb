/**
 * Reads an instant as the earlier server wrote it; without a zone it is UTC.
 * @returns `undefined` for anything else
 */
export function parseLegacyInstant(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const hasZone = /(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(value.replace(/^\d{4}-\d{2}-\d{2}/, ''));
  const at = new Date(hasZone ? value : `${value.trim().replace(' ', 'T')}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
