import { readFile } from 'node:fs/promises';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { proxyName } from '../support/reverse-proxy';

/** Debian's chromium without its windows, which takes two thirds of the processor's time; tests/setup.sh installs it. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';

export type Theme = 'light' | 'dark';

/** In CSS pixels. */
export interface WindowSize {
  readonly width: number;
  readonly height: number;
}

export interface Look {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

export const desktop = { width: 1440, height: 900 } as const;
export const phone = { width: 360, height: 740 } as const;
/** Both themes, on a desktop and on a phone. */
export const looks = [
  ['light', desktop],
  ['dark', desktop],
  ['light', phone],
  ['dark', phone],
] as const;

// A browser on a busy machine with two cores takes its time, and axe-core looks at every node of a page, in each look.
jest.setTimeout(300_000);

let browser: Browser | undefined;
const failures: string[] = [];
/** What the test that runs has opened. */
let ofTest: BrowserContext[] = [];

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
      `--host-resolver-rules=MAP ${proxyName} 127.0.0.1`,
    ],
  });
});

afterAll(() => browser?.close());

// An error in a script, or something that the policy of the page forbade, fails the test that it happened in.
// What a hook opened for all tests stays.
beforeEach(() => {
  ofTest = [];
});

// Each open page keeps a stream of events, of which a reader has so many, and renders what it hears.
afterEach(async () => {
  await Promise.all(ofTest.map(close));
});

async function close(context: BrowserContext): Promise<void> {
  // The page may have asked for something that a test answers, and its answer would come too late: an error outside all tests.
  await Promise.all([context, ...context.pages()].map((one) => one.unrouteAll({ behavior: 'ignoreErrors' })));
  await context.close();
}

afterEach(() => {
  const seen = failures.splice(0);
  expect(seen).toEqual([]);
});

/** A window of its own, with no cookies; it is closed after the test that opened it. */
export async function openWindow(baseURL: string, look: Look = {}): Promise<Page> {
  if (browser === undefined) throw new Error('the browser did not start');
  const { theme = 'light', width = desktop.width, height = desktop.height } = look;
  const context: BrowserContext = await browser.newContext({
    baseURL,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: look.reducedMotion ?? 'no-preference',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    ignoreHTTPSErrors: new URL(baseURL).hostname === proxyName, // a certificate of the test's own
  });
  context.setDefaultTimeout(40_000);
  ofTest.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    // What the server refuses, and a server that is away, are shown to people; the browser's own line about it is no failure.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text())) {
      failures.push(message.text());
    }
  });
  return page;
}

/** What axe-core finds to be serious or critical on the page as it is shown now, in words. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  if (await page.evaluate("typeof axe === 'undefined'")) {
    await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  }
  // Only what is wrong leaves the page: all that is right are some megabytes.
  const violations = await page.evaluate<AxeResults['violations']>(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary ?? ''}`),
    );
}

/** Whether the page is wider than the window: people on phones would have to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
