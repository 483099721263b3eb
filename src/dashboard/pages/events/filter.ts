import { apiPath } from '../../api/client';
import { address } from '../../location';

/** The filters of the journal that the address may contain, under the API's names. */
export const filterNames = [
  'kind',
  'device',
  'bundle',
  'compatible',
  'channel',
  'release',
  'installation',
  'actor',
  'people',
  'since',
  'until',
] as const;

/** The active filters. */
export function filtersOn(): Readonly<Record<string, string>> {
  const { query } = address.value;
  const on: Record<string, string> = {};
  for (const name of filterNames) {
    const value = query.get(name);
    if (value !== null && value !== '') on[name] = value;
  }
  return on;
}

export function journalPath(
  filters: Readonly<Record<string, string>>,
  page: { limit: number; before?: number; after?: number },
) {
  return apiPath('/api/events', { ...filters, ...page });
}

/** Converts the value of a `datetime-local` field, in the viewer's zone, to ISO 8601 in UTC, as in the address. */
export function toInstant(local: string): string {
  const moment = new Date(local);
  return local === '' || Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
}

/** Converts in the other direction, to `2026-03-01T09:30`. */
export function toLocal(instant: string): string {
  const moment = new Date(instant);
  if (Number.isNaN(moment.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
