import type { Page } from 'playwright-core';
import { isTooWide, looks, seriousFindings, type Theme, type WindowSize } from './browser';

/**
 * What keeps people from using the page as it is open now, one line each: what axe-core finds to be serious in each of the looks,
 * and a page that is wider than the window. The page stays in the last look.
 *
 * The page is opened once and changes its look as it does in front of people, whose desktop turns dark and whose windows change:
 * to open it again for each look takes a browser four times as long.
 */
export async function problemsInLooks(
  page: Page,
  which: readonly (readonly [Theme, WindowSize])[] = looks,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [theme, size] of which) {
    await changeLook(page, theme, size);
    const found = await seriousFindings(page);
    const widths = (await isTooWide(page)) ? ['the page is wider than the window'] : [];
    problems.push(...[...found, ...widths].map((problem) => `${theme}, ${size.width} px: ${problem}`));
  }
  return problems;
}

/** Another theme of the desktop and another size of the window; resolves when the page shows them. */
async function changeLook(page: Page, theme: Theme, size: WindowSize): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme=${theme}]`).waitFor();
}

/**
 * What of the page does not fit into its window, one line each: a page or a table that scrolls sideways, a button out of sight, a
 * cell of a card without its label, words in a column of a few letters; on a phone, what is too small for a finger.
 */
export function layoutProblems(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(measure);
}

const measure = `(() => {
  const problems = [];
  const tell = (problem, element) => problems.push(problem + ': ' + element.outerHTML.slice(0, 160));
  for (const box of [document.documentElement, ...document.querySelectorAll('.table-box, dialog')]) {
    if (box.scrollWidth > box.clientWidth) tell('scrolls sideways by ' + (box.scrollWidth - box.clientWidth) + ' px', box);
  }
  for (const element of document.querySelectorAll('main :is(button, .button, select, input, a)')) {
    if (element.closest('thead') || !element.checkVisibility()) continue;
    const { left, right } = element.getBoundingClientRect();
    const box = (element.closest('.table-box, .panel') ?? document.documentElement).getBoundingClientRect();
    if (left < box.left - 0.5 || right > box.right + 0.5) tell('out of sight', element);
  }
  const isNarrow = document.documentElement.clientWidth < 500;
  for (const element of document.querySelectorAll('main :is(td, .event-by, .event-text)')) {
    const { width, height } = element.getBoundingClientRect();
    if (width > 0 && width < 60 && height > 3 * width && element.textContent.length > 4) tell('squeezed', element);
  }
  for (const element of document.querySelectorAll('main :is(button, .button, select, input, summary)')) {
    if (!isNarrow || !element.checkVisibility()) continue;
    const target = element.matches('[type=checkbox], [type=radio]') ? (element.closest('label') ?? element) : element;
    const around = getComputedStyle(target, '::after');
    const height = around.position === 'absolute' ? parseFloat(around.height) : target.getBoundingClientRect().height;
    if (height < 43.5) tell('too small for a finger, ' + height + ' px', target);
  }
  for (const row of document.querySelectorAll('tbody tr')) {
    if (isNarrow && !['grid', 'flex'].includes(getComputedStyle(row).display)) tell('no card', row);
  }
  for (const cell of document.querySelectorAll('tbody td[data-label]')) {
    const { content } = getComputedStyle(cell, '::before');
    if (isNarrow && content !== JSON.stringify(cell.dataset.label)) tell('no label', cell);
  }
  return problems;
})()`;
