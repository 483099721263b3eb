import { apiPath } from '../../api/client';
import { setQuery } from '../../location';

/** What the list can be narrowed by with yes or no, as the API and the address bar call it. */
export const toggleNames = [
  'held',
  'pinned',
  'waiting',
  'second_board',
  'other_compatible',
  'silent_poller',
] as const;
export type ToggleName = (typeof toggleNames)[number];
/** All that the list can be narrowed by. */
export const filterNames = [
  'search',
  'state',
  'version',
  'compatible',
  'channel',
  'label',
  'last_contact_before',
  ...toggleNames,
  'release',
] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

export const pageSize = 50;

/** What is looked at: the address bar holds all of it. */
export interface FleetView {
  readonly filters: Filters;
  readonly sort: string;
  readonly isDescending: boolean;
  /** The cursor of this page; `null` for the first. */
  readonly after: string | null;
  /** Which page this is, from 1. */
  readonly page: number;
}

export function readView(query: URLSearchParams): FleetView {
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = query.get(name);
    if (value !== null && value !== '') filters[name] = value;
  }
  return {
    filters,
    sort: query.get('sort') ?? 'id',
    isDescending: query.get('order') === 'desc',
    after: query.get('after'),
    page: Math.max(1, Number.parseInt(query.get('page') ?? '1', 10) || 1),
  };
}

/** Where the API lists what is looked at. */
export function listPath(
  { filters, sort, isDescending }: FleetView,
  after: string | null,
  limit: number,
): string {
  return apiPath('/api/devices', { ...filters, sort, order: isDescending ? 'desc' : 'asc', limit, after });
}

/** The same as the address has it, without the page: what a saved view keeps. */
export function queryOf({ filters, sort, isDescending }: FleetView): string {
  const order = { ...(sort === 'id' ? {} : { sort }), ...(isDescending ? { order: 'desc' } : {}) };
  return new URLSearchParams({ ...filters, ...order }).toString();
}

/** Where the server writes all that fits, by id. */
export function exportPath({ filters }: FleetView, format: 'csv' | 'json'): string {
  return apiPath(`/api/devices.${format}`, filters);
}

const firstPage = { after: null, page: null };

/** Looks at other devices, from their first page. @param isStep whether the back button undoes it */
export function setFilters(changes: Partial<Record<FilterName, string | null>>, isStep = true): void {
  setQuery({ ...changes, ...firstPage }, isStep);
}

export function clearFilters(): void {
  setFilters(Object.fromEntries(filterNames.map((name) => [name, null])));
}

export function sortBy(sort: string, isDescending: boolean): void {
  setQuery({ sort: sort === 'id' ? null : sort, order: isDescending ? 'desc' : null, ...firstPage }, true);
}

export function showPage(after: string | null, page: number): void {
  setQuery({ after, page: after === null ? null : String(page) }, true);
}
