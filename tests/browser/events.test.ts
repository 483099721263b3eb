import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { remarkable } from './demo-fleet';
import { problemsInLooks } from './for-everybody';

let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboard();
});

async function open(query = '', look = {}): Promise<Page> {
  const page = await openWindow(server.adminUrl, look);
  await page.goto(`/events${query}`);
  await linesOf(page).first().waitFor();
  return page;
}

const linesOf = (page: Page) => page.locator('.journal-line');

async function change(device: string, notes: string): Promise<void> {
  const answer = await fetch(`${server.adminUrl}/api/devices/${device}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ notes }),
  });
  expect(answer.status).toBe(200);
}

describe('the journal', () => {
  it('is grouped by day, and says who did what and from where', async () => {
    const page = await open('?kind=device.held');
    await page
      .getByRole('heading', { level: 2, name: /\d{4}$/ })
      .first()
      .waitFor();
    const line = linesOf(page).first();
    await line.getByText('local from 127.0.0.1').waitFor();
    expect(await line.locator('time').innerText()).toMatch(/^\d{1,2}:\d{2}:\d{2}/);
    await line.getByRole('link', { name: remarkable.held }).click();
    await page.waitForURL(`**/devices/${remarkable.held}`);
  });

  it('narrows by what it is about and what happened, in the address', async () => {
    const page = await open();
    await page.getByLabel('About').selectOption('Devices');
    await page.waitForURL('**/events?kind=device.');
    await page.getByLabel('What happened').selectOption('pinned');
    await page.waitForURL('**/events?kind=device.pinned');
    await linesOf(page).filter({ hasText: remarkable.pinned }).waitFor();
    await expectCount(page, 1);
    await page.reload();
    await expectCount(page, 1);
    expect(await page.getByLabel('What happened').inputValue()).toBe('device.pinned');
  });

  it.each([
    ['Device', 'device', remarkable.held],
    ['Compatible', 'compatible', 'acme-display'],
    ['Bundle', 'bundle', 'acme-display-5.1.0.raucb'],
    ['Who', 'actor', 'server'],
  ])('narrows by %s', async (label, name, value) => {
    const page = await open();
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.waitForURL((url) => url.searchParams.get(name) === value);
    const answer = await fetch(`${server.adminUrl}/api/events?limit=1000&${name}=${value}`);
    const { events } = (await answer.json()) as { events: unknown[] };
    expect(events.length).toBeGreaterThan(0);
    await expectCount(page, Math.min(events.length, 100));
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL((url) => url.search === '');
    expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe('');
  });

  it('clears also what was just typed', async () => {
    const page = await open('?kind=device.');
    // As fast as nobody clicks, however busy the machine is.
    await page.evaluate(`
      const field = document.querySelector('[aria-label="Filters"] label:has(input) input');
      const clear = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Clear filters');
      field.focus();
      field.value = '${remarkable.held}';
      field.dispatchEvent(new Event('input', { bubbles: true }));
      clear.focus();
      clear.click();`);
    await page.waitForURL((url) => url.search === '');
    await page.waitForTimeout(500); // longer than a pause in typing
    expect(new URL(page.url()).search).toBe('');
    expect(await page.getByLabel('Device', { exact: true }).inputValue()).toBe('');
  });

  it('shows what people did alone, in the address', async () => {
    const page = await open();
    await page.getByLabel('People only').check();
    await page.waitForURL((url) => url.searchParams.get('people') === 'true');
    const answer = await fetch(`${server.adminUrl}/api/events?limit=1000&people=true`);
    const { events } = (await answer.json()) as { events: { actor: string }[] };
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ actor }) => /^(device:|server$)/.test(actor))).toEqual([]);
    await expectCount(page, Math.min(events.length, 100));
    await page.goto(`/devices/${remarkable.held}?people=true`);
    await page.locator('.timeline-entry').first().waitFor();
    expect(await page.getByLabel('People only').isChecked()).toBe(true);
    const lines = await page.locator('.timeline-entry').allInnerTexts();
    expect(lines.filter((line) => !line.includes('local'))).toEqual([]);
    await page.getByLabel('People only').uncheck();
    await page.waitForURL((url) => url.search === '');
    await page.locator('.timeline-entry').filter({ hasNotText: 'local' }).first().waitFor();
    // 24 hours and Berlin's zone, as the viewer's browser says.
    const at = await page.locator('.timeline-entry time').first().innerText();
    expect(at).toMatch(/^\d{1,2} \w+ \d{4}, \d{2}:\d{2}:\d{2} CES?T$/);
  });

  it('narrows by time in the zone of the viewer, and keeps the instant in the address', async () => {
    const page = await open();
    await page.getByLabel('Since').fill('2026-01-15T09:30');
    await page.waitForURL((url) => url.searchParams.get('since') === '2026-01-15T08:30:00.000Z');
    await page.getByLabel('Until').fill('2026-07-15T09:30');
    await page.waitForURL((url) => url.searchParams.get('until') === '2026-07-15T07:30:00.000Z');
    await page.getByText('No events match the filters').waitFor();
    await page.reload();
    await page.getByText('No events match the filters').waitFor();
    expect(await page.getByLabel('Since').inputValue()).toBe('2026-01-15T09:30');
  });

  it('says what is wrong with a filter, and keeps it', async () => {
    const page = await open();
    await page.goto('/events?since=yesterday');
    await page.getByRole('alert').filter({ hasText: 'since' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await linesOf(page).first().waitFor();
    await page.getByLabel('Device', { exact: true }).fill('x'.repeat(64));
    await page.getByText('No events match the filters').waitFor();
  });

  it('goes back page by page', async () => {
    const page = await open();
    await expectCount(page, 100);
    const { events } = (await (await fetch(`${server.adminUrl}/api/events?limit=1000`)).json()) as {
      events: unknown[];
    };
    expect(events.length).toBeGreaterThan(100);
    for (let shown = 100; shown < events.length; shown += 100) {
      await page.getByRole('button', { name: 'Older events' }).click();
      await expectCount(page, Math.min(events.length, shown + 100));
    }
    await page.getByText('This is the beginning of the journal').waitFor();
  });

  it('shows what was before and after when asked', async () => {
    await change('sensor-009', 'on the roof');
    await change('sensor-009', 'in the cellar');
    const page = await open('?device=sensor-009&kind=device.changed');
    const line = linesOf(page).first();
    expect(await line.locator('dl').count()).toBe(0);
    await line.getByRole('button', { name: 'Details' }).click();
    await line.locator('del', { hasText: 'on the roof' }).waitFor();
    await line.locator('ins', { hasText: 'in the cellar' }).waitFor();
  });

  it('is exported with the same filters', async () => {
    const page = await open('?kind=device.held');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as JSON' }).click(),
    ]);
    const { events } = JSON.parse(await readFile(await download.path(), 'utf8')) as {
      events: { kind: string }[];
    };
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ kind }) => kind === 'device.held')).toBe(true);
  });
});

describe('new lines', () => {
  it('come in at the top', async () => {
    const page = await open('?device=sensor-010');
    await change('sensor-010', 'seen at once');
    await linesOf(page)
      .first()
      .filter({ hasText: 'sensor-010' })
      .getByRole('button', { name: 'Details' })
      .waitFor();
    expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0);
  });

  it('that do not fit the filters stay away', async () => {
    const page = await open('?device=sensor-011');
    const before = await linesOf(page).count();
    await change('sensor-012', 'not looked for');
    await change('sensor-011', 'looked for');
    await expectCount(page, before + 1);
  });

  it('wait behind a button while somebody reads further down', async () => {
    const page = await open('', { height: 500 });
    await page.mouse.wheel(0, 1_500);
    await eventually(async () => (await page.evaluate('scrollY')) === 1_500);
    const before = await firstVisible(page);
    await change('sensor-013', 'first');
    await change('sensor-014', 'second');
    await page.getByRole('button', { name: '2 new' }).waitFor();
    expect(await firstVisible(page)).toEqual(before);
    expect(await linesOf(page).filter({ hasText: 'sensor-014' }).first().getByText('second').count()).toBe(0);
    await page.getByRole('button', { name: '2 new' }).click();
    await linesOf(page).first().filter({ hasText: 'sensor-014' }).waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
    expect(await page.getByRole('button', { name: /new$/ }).count()).toBe(0);
  });
});

/** Where the page stands: how far it is scrolled, and what the line in its middle says. */
function firstVisible(page: Page): Promise<unknown> {
  return page.evaluate(
    '[scrollY, document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest("li, section").innerText.slice(0, 80)]',
  );
}

async function expectCount(page: Page, count: number): Promise<void> {
  await eventually(async () => (await linesOf(page).count()) === count);
}

describe('the page of events', () => {
  it('is fit for all people', async () => {
    const page = await open('?kind=device.');
    await page.getByRole('button', { name: 'Details' }).first().click();
    expect(await problemsInLooks(page)).toEqual([]);
  });
});
