const focusable =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]';

/** An element and those around it, the innermost first. */
export function pathOf(element: Element | null): readonly Element[] {
  const path: Element[] = [];
  for (let one = element; one !== null && one !== document.body; one = one.parentElement) path.push(one);
  return path;
}

/** Gives the focus to the first of a path; where that is gone, to what is nearest to it, and else to the page. */
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
 * What has the focus may go away: a row that was dealt with, a button that is no more of use. The browser would begin at the top of the
 * page again. Call it once.
 */
export function keepFocus(): void {
  let path: readonly Element[] = [];
  document.addEventListener('focusin', ({ target }) => (path = pathOf(target as Element)));
  // Who clicks on nothing has left it.
  document.addEventListener('pointerdown', () => (path = []), true);
  new MutationObserver(() => {
    const { activeElement } = document;
    if (path[0]?.isConnected !== false || (activeElement !== null && activeElement !== document.body)) return;
    focusNear(path);
  }).observe(document.body, { childList: true, subtree: true });
}
