import type { Locator, Page } from 'playwright-core';
import type { ReleaseWithRolloutJson } from '../../src/contract/release';
import { eventually } from '../support/eventually';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { fileOf, gateway, sensor } from './demo-fleet';

const preview = '**/api/releases/preview';
let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboard({ env: { RELEASE_STEPS: '10,100', RELEASE_PAUSE_AT_FAILURES: '2' } });
});

async function openForm(bundle: string): Promise<Page> {
  const page = await openWindow(server.adminUrl);
  await page.goto('/rollouts');
  await page.getByRole('button', { name: 'Release a bundle' }).click();
  await page.locator('select[name=bundle]').selectOption(bundle);
  return page;
}

async function currentOn(
  compatible: string,
  channel = 'stable',
): Promise<ReleaseWithRolloutJson | undefined> {
  const query = new URLSearchParams({ compatible, channel }).toString();
  const response = await fetch(`${server.adminUrl}/api/releases?${query}`);
  return ((await response.json()) as { releases: ReleaseWithRolloutJson[] }).releases[0];
}

/** What a test asks an element of the page. */
interface PlacedElement {
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  contains(other: unknown): boolean;
  readonly ownerDocument: { elementFromPoint(x: number, y: number): unknown };
}

/** Whether it is in the window, and nothing covers its middle. */
function isSeen(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => {
    const placed = element as unknown as PlacedElement;
    const { left, top, width, height } = placed.getBoundingClientRect();
    return placed.contains(placed.ownerDocument.elementFromPoint(left + width / 2, top + height / 2));
  });
}

const line = (page: Page) => page.getByRole('dialog').locator('.release-consequence');
const submit = (page: Page) =>
  page.getByRole('dialog').getByRole('button', { name: 'Release', exact: true }).click();

describe('the release dialog', () => {
  it('opens on the steps and the threshold of the configuration', async () => {
    const page = await openForm(fileOf(sensor, '1.8.2'));
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('In steps').isChecked()).toBe(true);
    expect(await dialog.locator('[name=steps]').inputValue()).toBe('10,100');
    expect(await dialog.locator('[name=pause_at_failures]').inputValue()).toBe('2');
    await dialog.locator('[name=channel]').fill('proposed');
    await submit(page);
    await dialog.waitFor({ state: 'detached' });
    expect((await currentOn(sensor, 'proposed'))?.rollout.policy).toMatchObject({
      steps: '10,100',
      pause_at_failures: 2,
    });
  });

  it('keeps its title and its button in sight, and what has the focus beside them', async () => {
    const page = await openForm(fileOf(sensor, '1.8.2'));
    await page.setViewportSize({ width: 390, height: 600 });
    const dialog = page.getByRole('dialog');
    const release = dialog.getByRole('button', { name: 'Release', exact: true });
    expect(await isSeen(release)).toBe(true);
    for (const name of ['channel', 'pause_at_failures', 'max_in_progress']) {
      const field = dialog.locator(`[name=${name}]`);
      await field.focus();
      expect({ name, isSeen: await isSeen(field) }).toEqual({ name, isSeen: true });
    }
    expect(await isSeen(release)).toBe(true);
    expect(await isSeen(dialog.getByRole('heading', { name: 'Release a bundle' }))).toBe(true);
  });

  it('says in one line what the release does, and again when a field changes', async () => {
    const page = await openForm(fileOf(gateway, '2.3.0'));
    const dialog = page.getByRole('dialog');
    await line(page)
      .getByText(/^2\d devices; replaces a rollout at step 2 of 3; .*run a newer version/)
      .waitFor();
    await dialog.getByLabel('Also devices that run a newer version').check();
    await line(page)
      .getByText(/\d+ goe?s? from 2\.4\.0 down to 2\.3\.0/)
      .waitFor();
    await dialog.locator('[name=channel]').fill('nobody-there');
    await line(page).getByText('0 devices', { exact: true }).waitFor();
  });

  it('drops an answer that is older than the question', async () => {
    const page = await openForm(fileOf(gateway, '2.3.0'));
    await line(page).waitFor();
    const held: (() => void)[] = [];
    await page.route(preview, async (route) => {
      const { channel } = route.request().postDataJSON() as { channel: string };
      if (channel === 'slow') await new Promise<void>((resolve) => held.push(resolve));
      const answer = await route.fetch();
      const json = { ...((await answer.json()) as object), version: channel };
      await route.fulfill({ json }).catch(() => undefined); // the page does not wait for it any more
    });
    const channel = page.getByRole('dialog').locator('[name=channel]');
    await channel.fill('slow');
    await eventually(() => held.length > 0);
    await channel.fill('stable');
    await line(page)
      .getByText(/^2\d devices/)
      .waitFor();
    for (const release of held) release();
    await page.waitForResponse((response) => response.url().endsWith('/preview')).catch(() => undefined);
    expect(await line(page).innerText()).toMatch(/^2\d devices/);
  });

  it('points out a label that no device has', async () => {
    const page = await openForm(fileOf(gateway, '2.3.0'));
    const dialog = page.getByRole('dialog');
    await dialog.locator('[name=steps]').fill('group:lap,100');
    await dialog.getByText('has the label lap: its step reaches no device').waitFor();
    await dialog.locator('[name=steps]').fill('group:lab,100');
    await dialog.getByText('has the label lap').waitFor({ state: 'detached' });
  });

  it('does not release when Enter is pressed in a field', async () => {
    const page = await openForm(fileOf(sensor, '1.8.2'));
    const dialog = page.getByRole('dialog');
    const channel = dialog.locator('[name=channel]');
    await channel.fill('by-enter');
    for (const name of ['channel', 'steps', 'pause_at_failures'])
      await dialog.locator(`[name=${name}]`).press('Enter');
    await dialog.getByLabel('In steps').press('Enter');
    await line(page).waitFor();
    expect(await dialog.count()).toBe(1);
    expect(await currentOn(sensor, 'by-enter')).toBeUndefined();
    await dialog.getByRole('button', { name: 'Release', exact: true }).press('Enter'); // the button does it
    await dialog.waitFor({ state: 'detached' });
    expect(await currentOn(sensor, 'by-enter')).toBeDefined();
  });
});

describe('undoing in the dashboard', () => {
  it('takes a release back from the notice, and restores what was current in its step', async () => {
    const before = await currentOn(gateway);
    const page = await openForm(fileOf(gateway, '2.3.0'));
    await submit(page);
    await page.getByRole('heading', { level: 1, name: `${gateway} 2.3.0` }).waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByText('is current again, as it was').waitFor();
    await page.waitForURL(`**/rollouts/${before?.id ?? 0}`);
    expect(await currentOn(gateway)).toMatchObject({
      id: before?.id,
      rollout: { step: before?.rollout.step },
    });
  });

  it('takes a release back from its page, after it said what is current then', async () => {
    const page = await openForm(fileOf(sensor, '1.8.2'));
    await page.getByRole('dialog').locator('[name=channel]').fill('mistake');
    await submit(page);
    await page.getByRole('heading', { level: 1, name: sensor }).waitFor();
    await page.getByRole('button', { name: 'Undo the release' }).click();
    await page.getByRole('dialog').getByText('Nothing is current on').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the release' }).click();
    await page.getByRole('heading', { level: 1, name: 'Rollouts' }).waitFor();
    expect(await currentOn(sensor, 'mistake')).toBeUndefined();
  });
});

describe('aborting', () => {
  it('asks for its reason, and Enter does not do it', async () => {
    const page = await openWindow(server.adminUrl);
    const release = await currentOn(gateway);
    await page.goto(`/rollouts/${release?.id ?? 0}`);
    await page.locator('summary', { has: page.locator('svg') }).click();
    await page.locator('.menu-panel').getByRole('button', { name: 'Abort' }).click();
    const dialog = page.getByRole('dialog');
    const abort = dialog.getByRole('button', { name: 'Abort the rollout' });
    for (const nothing of ['', '   ']) {
      await dialog.getByLabel('Reason').fill(nothing);
      await abort.click();
      expect(await dialog.locator('[name=reason]:invalid').count()).toBe(1);
    }
    await dialog.getByLabel('Reason').fill('wrong kernel');
    await dialog.getByLabel('Reason').press('Enter');
    expect((await currentOn(gateway))?.rollout.state).toBe('running');
    await abort.click();
    await page.getByRole('heading', { name: 'Aborted by local: wrong kernel' }).waitFor();
  });
});
