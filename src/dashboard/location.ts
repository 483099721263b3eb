import { signal } from '@preact/signals';
import { atBase, base } from './base';

/** The address bar holds the whole view, so that a link or a reload shows the same view. */
export interface Address {
  /** Decoded parts: `/devices/board-1` is `['devices', 'board-1']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export const address = signal<Address>(read());

function read(): Address {
  const path = location.pathname
    .slice(base.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  return { path, query: new URLSearchParams(location.search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Builds an encoded path of the page, or of the API, from its parts; the browser gets it below the base. */
export function linkTo(...path: readonly (string | number)[]): string {
  return `/${path.map((part) => encodeURIComponent(part)).join('/')}`;
}

/** @param href a path of the page, or a whole address */
export function goTo(href: string): void {
  history.pushState(null, '', atBase(href));
  address.value = read();
  scrollTo(0, 0);
  // Screen readers announce the new page, and the keyboard starts at its top.
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}

/**
 * Changes filters in the address bar; empty values are removed. Typing does not fill the history.
 * @param isStep whether the back button returns to the state before the change
 */
export function setQuery(changes: Readonly<Record<string, string | null>>, isStep = false): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const search = query.toString();
  const href = search === '' ? location.pathname : `${location.pathname}?${search}`;
  if (isStep) history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  address.value = read();
}

/** Follows links inside the page without reloading it. Call it once. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    address.value = read();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest('a');
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(base)) return;
    if (/^(api|metrics|health)(\/|$)/.test(link.pathname.slice(base.length))) return;
    if (link.hash !== '' && link.pathname === location.pathname) return; // inside this page
    event.preventDefault();
    goTo(link.href);
  });
}
