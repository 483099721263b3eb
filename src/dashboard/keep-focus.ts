const focusable =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]';

/** An element and its ancestors, innermost first. */
export function pathOf(element: Element | null): readonly Element[] {
  const path: Element[] = [];
  for (let one = element; one !== null && one !== document.body; one = one.parentElement) path.push(one);
  return path;
}

/** Focuses the first element of a path; if it is gone, the nearest one, or else the page. */
export function focusNear(path: readonly Element[]): void {
  const [first] = path;
  if (first !== undefined && takesFocus(first)) return;
  for (const around of path.slice(1)) {
    if (around.isConnected && [...around.querySelectorAll(focusable)].some(takesFocus)) return;
  }
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}

function takesFocus(element: Element): boolean {
  if (!(element instanceof HTMLElement) || !element.isConnected) return false;
  element.focus();
  return document.activeElement === element;
}

/**
 * The focused element may disappear: a row that was dealt with, a button that no longer applies. The browser would
 * then start at the top of the page again. Call it once.
 */
export function keepFocus(): void {
  let path: readonly Element[] = [];
  document.addEventListener('focusin', ({ target }) => (path = pathOf(target as Element)));
  // A click on empty space gives up the focus.
  document.addEventListener('pointerdown', () => (path = []), true);
  new MutationObserver(() => {
    const { activeElement } = document;
    if (path[0]?.isConnected !== false || (activeElement !== null && activeElement !== document.body)) return;
    focusNear(path);
  }).observe(document.body, { childList: true, subtree: true });
}
