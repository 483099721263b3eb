import type { Page } from 'playwright-core';
import { isTooWide, looks, seriousFindings, type Theme, type WindowSize } from './browser';

/**
 * What keeps people from using the page as it is open now, one line each: what axe-core finds to be serious in each of the looks,
 * and a page that is wider than the window. The page stays in the last look.
 *
 * The page is opened once and changes its look as it does in front of people, whose desktop turns dark and whose windows change:
 * to open it anew for each look takes a browser four times as long.
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
