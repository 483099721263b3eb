import type { Page } from 'playwright-core';
import { cli } from '../support/server-process';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { problemsInLooks } from './for-everybody';

async function open(server: DashboardServer): Promise<Page> {
  const page = await openWindow(server.adminUrl);
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const region = (page: Page, name: string) => page.getByRole('region', { name });

describe('the overview of a fleet', () => {
  let server: DashboardServer;
  beforeAll(async () => {
    server = await startDashboard();
  });

  it('says per channel what is current, how far it is, and what runs', async () => {
    const page = await open(server);
    const rows = region(page, 'Current releases and running versions').getByRole('listitem');
    const gateways = rows.filter({ hasText: 'acme-gateway' }).first();
    expect(await gateways.textContent()).toMatch(/2\.4\.0.*Running.*step 2 of 3.*\d+ of 26 devices run it/);
    const beta = rows.filter({ hasText: 'beta' }).first();
    expect(await beta.textContent()).toMatch(/1\.9\.0-rc1.*for all devices.*2 of 3 devices run it/);
    await gateways.getByRole('link', { name: '2.3.0' }).click();
    await page.waitForURL(/\/devices\?compatible=acme-gateway&channel=stable&version=2\.3\.0$/);
  });

  it('leads to what needs a person', async () => {
    const page = await open(server);
    const attention = region(page, 'Needs attention');
    for (const [words, address] of [
      [/rolled back on 2 devices/, /\/devices\?compatible=acme-display&channel=stable&state=rolled-back$/],
      [/failed on 1 device/, /state=failed$/],
      [/waiting for admission/, /\/devices\?waiting=true$/],
      [/is paused: 2 devices failed/, /\/rollouts\/\d+$/],
    ] as const) {
      await attention.getByRole('link', { name: words }).click();
      await page.waitForURL(address);
      await page.goBack();
    }
  });

  it('draws the versions over time, and says them in words', async () => {
    const page = await open(server);
    const history = region(page, 'Versions over time');
    await history.getByLabel('Devices').selectOption('acme-gateway, stable');
    const picture = history.getByRole('img');
    await picture.waitFor();
    expect(await picture.getAttribute('aria-label')).toMatch(
      /now: 2\.3\.0 \d+, 2\.4\.0 \d+|now: 2\.4\.0 \d+, 2\.3\.0 \d+/,
    );
    await history.getByLabel('Time').selectOption('a year');
    await picture.waitFor();
  });
});

describe('the first start', () => {
  it('leads from nothing to the first device, and counts what is done', async () => {
    const server = await startDashboard({ isSeeded: false });
    const page = await open(server);
    const steps = region(page, 'First steps');
    const current = steps.locator('[aria-current=step]');
    expect(await current.textContent()).toContain('Upload a bundle');
    expect(await steps.getByText(/^node .*rauc-simple-server\.js cert device board-1$/).count()).toBe(1);
    expect(await region(page, 'Needs attention').count()).toBe(0);
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'Issue a certificate' }).waitFor();
    expect(await main.locator('button.primary').allTextContents()).toEqual(['Upload bundles']);
    expect(await main.getByRole('region').count()).toBe(1);
    await cli(server.folder, 'cert', 'device', 'board-1');
    await page.reload();
    await steps.locator('.is-done', { hasText: 'Issue a certificate' }).waitFor({ timeout: 20_000 });
    expect(await current.textContent()).toContain('Upload a bundle');
  });

  it('is fit for all people on every page', async () => {
    const server = await startDashboard({ isSeeded: false });
    const page = await openWindow(server.adminUrl);
    for (const address of [
      '/',
      '/bundles',
      '/devices',
      '/rollouts',
      '/certificates',
      '/events',
      '/settings',
    ]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('main .loading').first().waitFor({ state: 'detached' });
      expect([address, await problemsInLooks(page)]).toEqual([address, []]);
    }
  });

  it('copies a command', async () => {
    const server = await startDashboard({ isSeeded: false });
    const page = await open(server);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await region(page, 'First steps').getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(
      /^node .*rauc-simple-server\.js bundle upload firmware-1\.0\.0\.raucb$/,
    );
  });
});
