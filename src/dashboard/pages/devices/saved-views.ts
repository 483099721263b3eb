/** A named list of devices: its filters, search and order, as in the address. */
export interface SavedView {
  readonly name: string;
  readonly query: string;
}

/** Where the browser keeps them, one list per server. */
type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

export const maxViews = 50;
export const nameMaxLength = 60;
const queryMaxLength = 4_000;

/** Sorted by name. A browser without storage, or with foreign content there, has no views. */
export function readViews(shelf: Shelf, key: string): readonly SavedView[] {
  try {
    const stored: unknown = JSON.parse(shelf.getItem(key) ?? '[]');
    return Array.isArray(stored) ? sorted(stored.filter(isView)).slice(0, maxViews) : [];
  } catch {
    return [];
  }
}

/** Stores a view under its name, replacing an older one. @returns `null` when there are too many */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] | null {
  const others = withoutView(views, view.name);
  return others.length >= maxViews ? null : sorted([...others, view]);
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** @returns whether the browser stored them */
export function keepViews(shelf: Shelf, key: string, views: readonly SavedView[]): boolean {
  try {
    shelf.setItem(key, JSON.stringify(views));
    return true;
  } catch {
    return false; // it is full, or has no storage
  }
}

function sorted(views: readonly SavedView[]): readonly SavedView[] {
  return [...views].sort((a, b) => a.name.localeCompare(b.name));
}

function isView(stored: unknown): stored is SavedView {
  if (typeof stored !== 'object' || stored === null || !('name' in stored) || !('query' in stored))
    return false;
  const { name, query } = stored;
  return (
    typeof name === 'string' &&
    name !== '' &&
    name.length <= nameMaxLength &&
    typeof query === 'string' &&
    query.length <= queryMaxLength
  );
}
