import type { Page } from 'playwright-core';
import { formatDuration } from '../../src/base/text/duration';
import type { ReleaseDetailsJson } from '../../src/contract/release';
import type { HistoryPageJson, ReleaseResultJson } from '../../src/contract/release-history';
import { eventually } from '../support/eventually';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { display, fileOf, gateway, sensor } from './demo-fleet';
import { problemsInLooks } from './for-everybody';

let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboard();
});

describe('the page of a rollout', () => {
  it('marks the step that is reached, and leads to the devices by what has become of them', async () => {
    const page = await openRollout(gateway);
    const { id, progress } = await releaseOf(gateway);
    const present = page.locator('[aria-current=step]');
    expect(await present.innerText()).toContain('Step 2');
    expect(await present.innerText()).toContain(progress.next);
    expect(await page.locator('.rollout-step').count()).toBe(3);
    const failed = present.getByRole('link', { name: 'failed' });
    expect(await failed.getAttribute('href')).toBe(`/devices?release=${id}&state=failed`);
    await page.getByRole('region', { name: 'Timeline' }).getByText('goes to step 2 of 3').waitFor();
    await page.getByRole('button', { name: 'Older events' }).click();
    await page.getByText(`${fileOf(gateway, '2.4.0')} is current for`).waitFor();
  });

  it('cannot go back where nothing was before', async () => {
    const page = await openRollout(display);
    await choose(page, 'Go back to the previous release');
    await page.getByRole('dialog').getByText('Nothing was current').waitFor();
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).isDisabled()).toBe(true);
  });

  it.each(['4711', 'none'])('says that there is no release %s', async (id) => {
    const page = await openWindow(server.adminUrl);
    await page.goto(`/rollouts/${id}`);
    await page.getByRole('heading', { name: 'Release not found' }).waitFor();
  });

  it('can be used by everybody', async () => {
    const page = await openRollout(display);
    await page.getByRole('region', { name: 'Timeline' }).getByRole('listitem').first().waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await choose(page, 'Abort');
    expect(await problemsInLooks(page)).toEqual([]);
  });
});

describe('the result of a release', () => {
  it('is shown as the API has it, and stays after another one took its place', async () => {
    const { id } = await releaseOf(gateway);
    const before = await resultOf(id);
    expect(before).toMatchObject({ outcome: 'running', duration_seconds: null, rolled_back: 0 });
    for (const { proven, failed, failures } of [before])
      expect([proven, failed, failures.length].every((some) => some > 0)).toBe(true);
    const page = await openRollout(gateway);
    await post('/api/releases', { bundle: fileOf(gateway, '2.4.0'), steps: '25,60,100' });
    const shown = page.getByRole('region', { name: 'Result' });
    await shown.waitFor();
    const after = await resultOf(id);
    const { offered, installed, proven, failed, rolled_back: rolledBack, total, failures } = after;
    expect(after).toMatchObject({
      outcome: 'replaced',
      offered,
      proven: before.proven,
      failed: before.failed,
    });
    expect(failures).toEqual(before.failures);
    const terms = await shown.locator('dt').allInnerTexts();
    const values = await shown.locator('dd').allInnerTexts();
    const facts = Object.fromEntries(terms.map((term, index) => [term, values[index]]));
    expect(facts).toEqual({
      'Devices it was meant for': String(total?.devices),
      'Offered to': String(offered),
      'Installed on': String(installed),
      'Proven on': String(proven),
      'Failed or rolled back on': String(failed),
      'Rolled back on': String(rolledBack),
      Duration: formatDuration(after.duration_seconds ?? -1),
    });
    const reasons = page.getByRole('list', { name: 'Why devices failed' }).getByRole('listitem');
    const told = await reasons.allInnerTexts();
    expect(told).toHaveLength(failures.length);
    for (const [index, { reason, devices }] of failures.entries()) {
      expect(told[index]).toContain(`${devices} device`);
      expect(told[index]).toContain(reason ?? '');
    }
  });
});

describe('hands on a rollout', () => {
  // Each has a release of its own, in the first of its steps.
  beforeEach(() => post('/api/releases', { bundle: fileOf(gateway, '2.4.0'), steps: '25,60,100' }));

  it('of two who promote at once refuses one, in words, and shows where the rollout is', async () => {
    const [first, second] = await Promise.all([openRollout(gateway), openRollout(gateway)]);
    for (const page of [first, second]) {
      await page.getByRole('button', { name: 'Go to step 2' }).click();
      await page.getByRole('dialog').getByText('It will be offered to 60 % of the devices').waitFor();
    }
    await confirm(first, 'Go to step 2');
    await first.getByRole('dialog').waitFor({ state: 'detached' });
    await confirm(second, 'Go to step 2');
    await second.getByRole('dialog').getByRole('alert').getByText('Someone else has changed it').waitFor();
    await second.locator('[aria-current=step]', { hasText: 'Step 2' }).waitFor();
    expect((await releaseOf(gateway)).rollout.step).toBe(2);
  });

  it('promotes by the keyboard alone', async () => {
    const page = await openRollout(gateway);
    await tabTo(page, 'Go to step 2');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Go to step 2');
    await page.keyboard.press('Enter');
    await page.locator('[aria-current=step]', { hasText: 'Step 2' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('gives the focus back to the menu when a person thinks better of it', async () => {
    const page = await openRollout(gateway);
    await choose(page, 'Abort');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await eventually(
      async () =>
        (await page.evaluate('document.activeElement?.getAttribute("aria-label")')) === 'Other actions',
    );
    expect((await releaseOf(gateway)).rollout.state).toBe('running');
  });

  it('shows a pause in another window as it happens, and takes it back', async () => {
    const [page, other] = await Promise.all([openRollout(gateway), openRollout(gateway)]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('until Monday');
    await confirm(page, 'Pause');
    await other.getByRole('heading', { name: 'Paused by local: until Monday' }).waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Go to step 2' }).waitFor();
    await other.getByRole('button', { name: 'Go to step 2' }).waitFor();
    expect((await releaseOf(gateway)).rollout.state).toBe('running');
  });

  it('keeps what was typed when the server refuses', async () => {
    const page = await openRollout(gateway);
    const { id } = await releaseOf(gateway);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('too warm');
    await post(`/api/releases/${id}/abort`, {});
    await confirm(page, 'Pause');
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .getByText('the rollout is aborted, so it cannot be paused')
      .waitFor();
    expect(await page.getByRole('dialog').getByLabel('Reason').inputValue()).toBe('too warm');
    expect(await page.getByText('is paused', { exact: false }).count()).toBe(0);
  });

  it('aborts for good, and offers to release it again', async () => {
    const page = await openRollout(gateway);
    await choose(page, 'Abort');
    await page.getByRole('dialog').getByText('cannot be resumed').waitFor();
    await page.getByLabel('Reason').fill('wrong kernel');
    await confirm(page, 'Abort the rollout');
    await page.getByRole('heading', { name: 'Aborted by local: wrong kernel' }).waitFor();
    const { id } = await releaseOf(gateway);
    await page.getByRole('button', { name: 'Release it again' }).click();
    await page.getByRole('dialog').getByText('Its rollout starts over').waitFor();
    await confirm(page, 'Release');
    await page.waitForURL((url) => !url.pathname.endsWith(`/${id}`));
    expect((await releaseOf(gateway)).rollout.state).toBe('running');
  });

  it('goes back to the bundle that it named, and tells what became of the release', async () => {
    const page = await openRollout(gateway);
    const former = await releaseOf(gateway);
    await choose(page, 'Go back to the previous release');
    await page
      .getByRole('dialog')
      .getByText(`${fileOf(gateway, '2.3.0')} becomes current`)
      .waitFor();
    await confirm(page, 'Go back');
    await page.getByRole('heading', { level: 1, name: `${gateway} 2.3.0` }).waitFor();
    const now = await releaseOf(gateway);
    expect(now.bundle).toBe(fileOf(gateway, '2.3.0'));
    expect(new URL(page.url()).pathname).toBe(`/rollouts/${now.id}`);
    await choose(page, 'Go back to the previous release');
    await page.getByRole('dialog').getByText('Nothing was current').waitFor(); // not to and fro

    await page.goto(`/rollouts/${former.id}`);
    await page.getByText(`${former.bundle} is no longer current`).waitFor();
    await page.getByRole('main').getByRole('link', { name: now.bundle }).first().click();
    await page.getByRole('heading', { level: 1, name: `${gateway} 2.3.0` }).waitFor();
  });

  it('says why it stopped by itself and what to do, and names the failures that are accepted', async () => {
    const page = await openRollout(display);
    const { id } = await releaseOf(display);
    const box = page.getByRole('region', { name: 'Paused automatically' });
    await box.getByRole('heading', { name: '2 devices failed or rolled back in this step' }).waitFor();
    const devices = box.getByRole('link', { name: '2 rolled back' });
    expect(await devices.getAttribute('href')).toBe(`/devices?release=${id}&state=rolled-back`);
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(1);
    await box.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByText('2 failed devices in this step are accepted').waitFor();
    await confirm(page, 'Resume');
    await box.waitFor({ state: 'detached' });
    const { rollout, progress } = await releaseOf(display);
    expect([rollout.state, progress.failures_in_step]).toEqual(['running', 0]);
  });

  it('deactivates the channel, and another window says that it is not current any more', async () => {
    const [page, other] = await Promise.all([openRollout(sensor), openRollout(sensor)]);
    await choose(page, 'Deactivate the channel');
    await page.getByRole('dialog').getByText('Nothing is offered').waitFor();
    await confirm(page, 'Deactivate');
    await page.getByRole('heading', { level: 1, name: 'Rollouts' }).waitFor();
    await other.getByText('Nothing is current there now').waitFor();
    expect(await getJson(`/api/releases?compatible=${sensor}&channel=beta`)).toEqual({ releases: [] });
  });
});

async function releaseOf(compatible: string): Promise<ReleaseDetailsJson> {
  const { releases } = (await getJson(`/api/releases?compatible=${compatible}`)) as {
    releases: { id: number }[];
  };
  return (await getJson(`/api/releases/${releases[0]?.id ?? 0}`)) as ReleaseDetailsJson;
}

/** By the id of its line in the history, which is its own. */
async function resultOf(id: number): Promise<ReleaseResultJson> {
  const { history } = (await getJson(`/api/history?before=${id + 1}&limit=1`)) as HistoryPageJson;
  const result = history[0]?.result ?? null;
  if (result === null) throw new Error(`release ${id} has no result`);
  return result;
}

async function getJson(path: string): Promise<unknown> {
  return (await fetch(server.adminUrl + path)).json();
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(server.adminUrl + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
}

async function openRollout(compatible: string, look = {}): Promise<Page> {
  const page = await openWindow(server.adminUrl, look);
  await page.goto(`/rollouts/${(await releaseOf(compatible)).id}`);
  await page.getByRole('heading', { level: 1, name: compatible }).waitFor();
  return page;
}

/** Chooses an action of the menu and waits for what it asks. */
async function choose(page: Page, action: string): Promise<void> {
  await page.locator('summary', { has: page.locator('svg') }).click();
  await page.locator('.menu-panel').getByRole('button', { name: action }).click();
  await page.getByRole('dialog').waitFor();
}

function confirm(page: Page, action: string): Promise<void> {
  return page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
}

/** Presses Tab until a button has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement?.textContent?.trim()')) === name) return;
  }
  throw new Error(`Tab never comes to ${name}`);
}
