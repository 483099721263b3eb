import { apiPath } from '../../api/client';
import { setQuery } from '../../location';

/** The yes/no filters of the list, as named in the API and the address bar. */
export const toggleNames = [
  'held',
  'pinned',
  'waiting',
  'second_board',
  'other_compatible',
  'silent_poller',
] as const;
export type ToggleName = (typeof toggleNames)[number];
/** All filters of the list. */
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

/** The current view: the address bar holds all of it. */
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

/** The path of the current view in the API. */
export function listPath(
  { filters, sort, isDescending }: FleetView,
  after: string | null,
  limit: number,
): string {
  return apiPath('/api/devices', { ...filters, sort, order: isDescending ? 'desc' : 'asc', limit, after });
}

/** The query as in the address, without the page: what a saved view keeps. */
export function queryOf({ filters, sort, isDescending }: FleetView): string {
  const order = { ...(sort === 'id' ? {} : { sort }), ...(isDescending ? { order: 'desc' } : {}) };
  return new URLSearchParams({ ...filters, ...order }).toString();
}

/** The path of an export of all matching devices, by id. */
export function exportPath({ filters }: FleetView, format: 'csv' | 'json'): string {
  return apiPath(`/api/devices.${format}`, filters);
}

const firstPage = { after: null, page: null };

/** Applies other filters, from the first page. @param isStep whether the back button undoes it */
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
