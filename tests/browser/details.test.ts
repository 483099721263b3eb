import type { Page } from 'playwright-core';
import type { Theme } from './browser';
import { bundle, type FleetServer, openFleet } from './devices-fleet';

/** What a designer sees at once and no rule about whole pages does: distances, broken lines, words that begin in lower case. */
let fleet: FleetServer;
beforeAll(async () => {
  fleet = await openFleet(3);
});

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** How many lines each of the elements takes. */
function linesOf(page: Page, selector: string): Promise<readonly number[]> {
  return page.evaluate(
    `[...document.querySelectorAll('${selector}')].map((one) => one.getClientRects().length)`,
  );
}

/** The free pixels between the first element that one selector finds and the first that the other does. */
function freeBetween(page: Page, above: string, below: string): Promise<number> {
  return page.evaluate(`(() => {
    const edges = (selector) => document.querySelector(selector).getBoundingClientRect();
    return edges('${below}').top - edges('${above}').bottom;
  })()`);
}

/** What the page breaks at the end of a line though it belongs together, in windows of many widths. */
async function brokenParts(page: Page, pattern: RegExp, within = 'main'): Promise<readonly string[]> {
  const broken: string[] = [];
  for (let width = 320; width <= 420; width += 4) {
    await page.setViewportSize({ width, height: 800 });
    broken.push(
      ...(await page.evaluate<string[]>(`(() => {
        const found = [];
        const walker = document.createTreeWalker(document.querySelector('${within}'), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          for (const { index, 0: part } of walker.currentNode.data.matchAll(${String(pattern)})) {
            const range = document.createRange();
            range.setStart(walker.currentNode, index);
            range.setEnd(walker.currentNode, index + part.length);
            const tops = new Set([...range.getClientRects()].map(({ top }) => top));
            if (tops.size > 1) found.push(part + ' at ${width} px');
          }
        }
        return found;
      })()`)),
    );
  }
  return broken;
}

/** Options of commands. */
const options = /--[a-z]+/g;

describe('the page of a device', () => {
  it.each<[Theme, number]>([
    ['light', 390],
    ['dark', 1440],
  ])('has room between its lines, and no date is broken: %s, %d px', async (theme, width) => {
    const id = `board-0${theme === 'light' ? 1 : 2}`;
    const transactionId = `t-${theme}`;
    await fleet.device(id).begin(transactionId);
    await fleet.device(id).report('failed', { transactionId });
    const page = await fleet.open(`/devices/${id}`, { theme, width });
    const latest = section(page, 'Latest installation');
    await latest.getByRole('button', { name: 'Clear', exact: true }).waitFor();
    await page.locator('.installation-events li').nth(1).waitFor();
    if (width === 390) {
      expect(await freeBetween(page, '.remedy > span', '.remedy > button')).toBeGreaterThanOrEqual(8);
    }
    expect(
      await freeBetween(
        page,
        '.installation-events > li:nth-child(1)',
        '.installation-events > li:nth-child(2)',
      ),
    ).toBeGreaterThanOrEqual(6);
    expect(
      await freeBetween(page, '.installation-events', '.installation-log > button'),
    ).toBeGreaterThanOrEqual(8);
    const lines = await linesOf(page, 'main time.moment');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((count) => count !== 1)).toEqual([]);
  });

  it('begins a sentence in upper case, but leaves names as they are', async () => {
    const device = fleet.device('board-03');
    await device.begin('t-3');
    await device.report('installed', { transactionId: 't-3' });
    device.boot('1.0.0');
    await device.poll();
    const page = await fleet.open('/devices/board-03');
    const message = section(page, 'Latest installation').locator('p.muted');
    await message.waitFor();
    expect(await message.innerText()).toMatch(/^It runs after a new boot/);
    const told = section(page, 'What it gets, and why').locator('.answer .muted');
    expect(await told.innerText()).toMatch(/^The device /);
    const lines = await section(page, 'Timeline').locator('.event-message').allInnerTexts();
    expect(lines.filter((line) => !/^(?:[A-Z]|board-)/.test(line))).toEqual([]);
    expect(lines.some((line) => line.startsWith(bundle) || line.startsWith('board-03'))).toBe(true);
  });
});

it('tells the time of a new fleet once below the chart', async () => {
  const page = await fleet.open('/');
  const history = section(page, 'Versions over time');
  const picture = history.getByRole('img');
  await picture.waitFor();
  const axis = await history.locator('.history-axis > span').allInnerTexts();
  expect(new Set(axis).size).toBe(axis.length);
  if (axis.length === 1) expect(await picture.getAttribute('aria-label')).toMatch(/^At /);
});

it('says beside the legend how many devices run what is current', async () => {
  const page = await fleet.open('/');
  await page.locator('.channel .legend').first().waitFor();
  const above = await freeBetween(page, '.channel .legend', '.channel > :last-child');
  expect(above).toBeLessThan(0);
});

it('shows a bundle as a card of a few lines on a phone', async () => {
  const page = await fleet.open('/bundles', { width: 390 });
  const card = page.locator('tbody tr').first();
  await card.waitFor();
  const box = await card.boundingBox();
  expect(box?.height).toBeLessThan(170);
});

it('breaks no option of a command at the end of a line', async () => {
  const certificate = {
    fingerprint: '0f',
    device: 'board-01',
    subject: 'CN=board-01',
    issuer: 'CN=ca',
    serial: '01',
    ours: true,
    cause: 'expired',
    reason: 'it has expired',
    remedy: 'Issue the device a new certificate: cert device <id> --force.',
    address: '127.0.0.1',
    count: 1,
    first_at: '2026-11-02T12:00:00Z',
    last_at: '2026-11-02T12:00:00Z',
  };
  const page = await fleet.open('/settings');
  await page.getByText(/webhook create ops .* --kind/).waitFor();
  expect(await brokenParts(page, options)).toEqual([]);
  await page.route('**/api/refused-certificates*', (route) =>
    route.fulfill({ json: { certificates: [certificate], total: 1 } }),
  );
  await page.goto('/certificates');
  await page.getByText('--force').first().waitFor();
  expect(await brokenParts(page, options)).toEqual([]);
});

it('breaks no octet of a fingerprint at the end of a line', async () => {
  const page = await fleet.open(`/bundles/${bundle}`);
  const fingerprint = page.locator('.rows .mono').first();
  await fingerprint.waitFor();
  expect(await fingerprint.innerText()).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(await brokenParts(page, /[0-9A-F]{2}(?=:|$)/g, '.rows .mono')).toEqual([]);
  const ca = {
    ...{ subject: 'CN=Acme devices', not_after: '2036-11-02T12:00:00Z', days_left: 3650, serial: '01' },
    ...{ fingerprint: '0f1e2d3c'.repeat(8), has_key: true },
  };
  await page.route('**/api/certificates*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ca } });
  });
  await page.goto('/certificates');
  const ofCa = page.locator('main .to-copy .mono').first();
  await ofCa.waitFor();
  expect(await ofCa.innerText()).toMatch(/^[0-9a-f]{64}$/);
  expect(await brokenParts(page, /[0-9a-f]{8}/g, 'main .to-copy')).toEqual([]);
});

it('keeps the hint below a field clear of the ring around it', async () => {
  const page = await fleet.open('/devices');
  await page.getByRole('button', { name: 'Add a device' }).click();
  await page.getByRole('dialog').getByLabel('Device id').focus();
  expect(await freeBetween(page, 'dialog[open] input', 'dialog[open] .field-hint')).toBeGreaterThanOrEqual(6);
});

it('shows a command for the first device that works for people who are not root', async () => {
  const empty = await openFleet(0);
  const page = await empty.open('/devices');
  await page.getByText('tar -xzf device-kit-board-1.tar.gz && sudo device-kit-board-1/install.sh').waitFor();
});
