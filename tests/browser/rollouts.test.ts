import path from 'node:path';
import type { Page } from 'playwright-core';
import type { ReleaseWithRolloutJson } from '../../src/contract/release';
import { connectDevice } from '../support/device-client';
import { deviceFiles } from '../support/device-listener';
import { HawkbitClient } from '../support/hawkbit-client';
import { cli } from '../support/server-process';
import { looks, openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { fileOf, gateway, sensor } from './demo-fleet';
import { problemsInLooks } from './for-everybody';

describe('the page of all rollouts', () => {
  let server: DashboardServer;
  beforeAll(async () => {
    server = await startDashboard();
  });

  async function openRollouts(look = {}): Promise<Page> {
    const page = await openWindow(server.adminUrl, look);
    await page.goto('/rollouts');
    await page.getByRole('heading', { level: 1, name: 'Rollouts' }).waitFor();
    return page;
  }

  async function openForm(page: Page, bundle: string): Promise<void> {
    await page.getByRole('button', { name: 'Release a bundle' }).click();
    await page.locator('select[name=bundle]').selectOption(bundle);
  }

  async function currentOn(compatible: string, channel: string): Promise<ReleaseWithRolloutJson | undefined> {
    const response = await fetch(
      `${server.adminUrl}/api/releases?compatible=${compatible}&channel=${channel}`,
    );
    return ((await response.json()) as { releases: ReleaseWithRolloutJson[] }).releases[0];
  }

  it('shows what is paused first and says why, with how far each release is', async () => {
    const page = await openRollouts();
    const rows = page.locator('.release-row');
    await rows
      .first()
      .getByText('Paused automatically: 2 devices failed or rolled back in this step')
      .waitFor();
    const gateways = rows.filter({ hasText: fileOf(gateway, '2.4.0') });
    await gateways.getByRole('img', { name: 'Step 2 of 3: 60 %' }).waitFor();
    await gateways.getByText('you promote it').waitFor();
    await gateways.getByRole('link', { name: 'failed' }).waitFor();
    expect(await rows.count()).toBe(4);
    const id = (await currentOn(gateway, 'stable'))?.id ?? 0;
    await gateways.getByRole('link', { name: `${gateway} 2.4.0` }).click();
    await page.waitForURL(`**/rollouts/${id}`);
  });

  it('shows who only reads no button that a scope forbids', async () => {
    const page = await openWindow(server.adminUrl);
    await page.route('**/api/session', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), scopes: ['read'] } });
    });
    await page.goto('/rollouts');
    await page.locator('.release-row').first().waitFor();
    expect(await page.getByRole('button', { name: 'Release a bundle' }).count()).toBe(0);
    await page.locator('.release-row h3 a').first().click();
    await page.getByRole('region', { name: 'Paused automatically' }).waitFor();
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
  });

  it('can be used by everybody', async () => {
    const page = await openRollouts();
    await page.locator('.release-row .share').nth(3).waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await openForm(page, fileOf(gateway, '2.4.0'));
    await page.getByText('In steps').click();
    await page.getByText('Only in a window of the week').click();
    await page.getByText('Its rollout starts over').waitFor();
    for (const look of looks) {
      expect(await problemsInLooks(page, [look])).toEqual([]);
      expect(await isDialogTooWide(page)).toBe(false);
    }
  });

  it('tells what was current before, deactivations too, page by page and live', async () => {
    const page = await openRollouts();
    const lines = page.getByRole('region', { name: 'What was released' }).locator('tbody tr');
    await lines.first().waitFor();
    expect(await lines.first().innerText()).toContain(fileOf(gateway, '2.3.0'));
    for (let n = 0; n < 15; n++) {
      await send('/api/releases', { bundle: fileOf(sensor, '1.8.2'), channel: 'nightly' });
      await send('/api/releases/deactivate', { compatible: sensor, channel: 'nightly' });
    }
    await lines.nth(24).filter({ hasText: 'nightly' }).waitFor();
    await page.getByRole('button', { name: 'Show older releases' }).click();
    const all = await (await fetch(`${server.adminUrl}/api/history?limit=1000`)).json();
    const { length } = (all as { history: unknown[] }).history;
    await lines.nth(length - 1).waitFor();
    expect(await lines.count()).toBe(length);
    expect(await page.getByRole('button', { name: 'Show older releases' }).count()).toBe(0);
  });

  it('releases a bundle in steps, and says before whom it reaches', async () => {
    const page = await openRollouts();
    await openForm(page, fileOf(gateway, '2.3.0'));
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^2\d devices; replaces a rollout at step 2 of 3/).waitFor();
    expect(await dialog.getByLabel('In steps').isChecked()).toBe(true); // what is proposed
    await dialog.getByText('It is first offered to 5 % of them, about 1').waitFor();
    await dialog.getByRole('button', { name: '1 → 10 → 50 → 100 %' }).click();
    await dialog.getByLabel('Start with devices labelled').selectOption('lab');
    await dialog.getByText('It is first offered to those with the label lab').waitFor();
    await dialog.locator('[name=promote_at_percent]').fill('95');
    await dialog.locator('[name=pause_at_failures]').fill('3');
    await dialog.locator('[name=pause_at_percent]').fill('2.5');
    await dialog.locator('[name=max_in_progress]').fill('200');
    await dialog.locator('[name=start_at]').fill('2030-07-01T14:00');
    await dialog.getByText('Only in a window of the week').click();
    for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await dialog.getByText(day).click();
    await dialog.getByLabel('Only devices that run').fill('>=2.2 <3');
    await dialog.getByLabel('Also devices that run a newer version').check();
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByText(/Devices that it downgrades: \d+/).waitFor();
    await page.getByRole('heading', { level: 1, name: `${gateway} 2.3.0` }).waitFor();
    expect((await currentOn(gateway, 'stable'))?.rollout.policy).toEqual({
      steps: 'group:lab,1,10,50,100',
      start_at: '2030-07-01T12:00:00.000Z', // typed in Berlin, in summer
      promote_at_percent: 95,
      pause_at_failures: 3,
      pause_at_percent: 2.5,
      max_in_progress: 200,
      window: 'sat,sun 01:00-05:00 Europe/Berlin',
      from: '>=2.2 <3',
      allow_downgrade: true,
    });
    const policy = page.getByRole('region', { name: 'Policy' });
    await page.getByText('Not offered before').waitFor();
    await policy.getByText('when 95 % of a step is proven').waitFor();
    await policy.getByText('>=2.2 <3').waitFor();
    await policy.getByText('Sat, Sun, 01:00 to 05:00, Europe/Berlin').waitFor();
  });

  it('keeps what was typed when the server refuses the steps', async () => {
    const page = await openRollouts();
    await openForm(page, fileOf(sensor, '1.9.0-rc1'));
    const dialog = page.getByRole('dialog');
    await dialog.locator('[name=channel]').fill('trial');
    await dialog.getByText('In steps').click();
    await dialog.locator('[name=steps]').fill('50,25');
    await dialog.locator('[name=pause_at_failures]').fill('7');
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    await dialog.getByRole('alert').getByText('is not a list of rollout steps').waitFor();
    const typed = ['bundle', 'channel', 'steps', 'pause_at_failures'].map((name) =>
      dialog.locator(`[name=${name}]`).inputValue(),
    );
    expect(await Promise.all(typed)).toEqual([fileOf(sensor, '1.9.0-rc1'), 'trial', '50,25', '7']);
    await dialog.locator('[name=steps]').fill('50,100');
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `${sensor} 1.9.0-rc1` }).waitFor();
    expect((await currentOn(sensor, 'trial'))?.rollout.policy.steps).toBe('50,100');
  });

  it('releases to the devices with an attribute first, as they told it to hawkBit', async () => {
    const told = ['gateway-001', 'gateway-002'];
    for (const id of told) {
      await cli(server.folder, 'cert', 'device', id);
      const files = deviceFiles(path.join(server.folder, 'certs'), id);
      const device = new HawkbitClient(await connectDevice(server.deviceUrl, files, 'HTTP/1.1'), id);
      expect(await device.configData({ product: 'Häuschen' })).toBe(200);
    }
    const page = await openRollouts();
    await openForm(page, fileOf(gateway, '2.4.0'));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('In steps').click();
    await dialog.locator('[name=steps]').fill('attribute:product=Häuschen,50,100');
    await dialog.getByText('It is first offered to those with the attribute product=Häuschen').waitFor();
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `${gateway} 2.4.0` }).waitFor();
    const present = page.locator('[aria-current=step]');
    await present
      .getByRole('heading', { name: 'Step 1: devices with the attribute product=Häuschen' })
      .waitFor();
    await present.getByText('2 devices').waitFor();
    const policy = page.getByRole('region', { name: 'Policy' });
    await policy.getByText('product=Häuschen → 50 % → 100 %').waitFor();
    await page.goto('/rollouts');
    await page.getByRole('img', { name: 'Step 1 of 3: product=Häuschen' }).waitFor();
    await page.goto(`/devices/${told[0] ?? ''}`);
    await page.getByRole('region', { name: 'Facts' }).getByText('Häuschen', { exact: true }).waitFor();
  });

  async function send(address: string, body: object): Promise<void> {
    const response = await fetch(server.adminUrl + address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(300);
  }
});

describe('the page of all rollouts on an empty server', () => {
  it('says what to do', async () => {
    const server = await startDashboard({ isSeeded: false });
    const page = await openWindow(server.adminUrl);
    await page.goto('/rollouts');
    await page.getByText(/rauc-simple-server(\.js)? release create firmware-1\.0\.0\.raucb/).waitFor();
    await page.getByRole('link', { name: 'See the bundles' }).click();
    await page.getByRole('heading', { level: 1, name: 'Bundles' }).waitFor();
  });
});

function isDialogTooWide(page: Page): Promise<boolean> {
  return page.evaluate(
    'document.querySelector("dialog").scrollWidth > document.querySelector("dialog").clientWidth',
  );
}
