import type { Page } from 'playwright-core';
import type { Device } from '../../src/core/device';
import { eventually } from '../support/eventually';
import { bundle, type FleetServer, message, openFleet, otherBundle } from './devices-fleet';

let fleet: FleetServer;
beforeAll(async () => {
  fleet = await openFleet(60);
});

const bar = (page: Page) => page.locator('.selection-bar');

/** Opens the list with ticks at these devices. */
async function select(...ids: readonly string[]): Promise<Page> {
  const page = await fleet.open('/devices');
  for (const id of ids) await page.getByLabel(`Select ${id}`).check();
  await bar(page).getByText(`${ids.length} selected`).waitFor();
  return page;
}

async function choose(page: Page, action: string): Promise<void> {
  const inBar = bar(page).getByRole('button', { name: action, exact: true });
  if (!(await inBar.isVisible())) await page.getByLabel('More actions').click();
  await inBar.click();
}

const all = (ids: readonly string[], holds: (device: Device) => boolean) =>
  eventually(async () => (await Promise.all(ids.map((id) => fleet.known(id)))).every(holds));

async function undo(page: Page): Promise<void> {
  const undone = message(page, /^Undone for/);
  const before = await undone.count();
  await page.getByRole('button', { name: 'Undo' }).click();
  await undone.nth(before).waitFor();
}

describe('actions on many devices', () => {
  it('holds with a reason, and undoes it without touching a hold from before', async () => {
    await fleet.admin.http.post('/api/devices/board-02/hold').send({ reason: 'before' }).expect(200);
    const page = await select('board-01', 'board-02');
    await choose(page, 'Hold …');
    await page.getByRole('dialog').getByLabel('Reason (optional)').fill('field trial');
    await page.getByRole('dialog').getByRole('button', { name: 'Hold' }).click();
    await message(page, '2 devices held').waitFor();
    await all(['board-01', 'board-02'], ({ hold }) => hold?.reason === 'field trial');
    await page.locator('tbody tr', { hasText: 'board-01' }).getByText('held').waitFor();
    await undo(page);
    expect((await fleet.known('board-01')).hold).toBeNull();
    expect((await fleet.known('board-02')).hold).toMatchObject({ reason: 'before' });
  });

  it('lifts holds, and undoes it with the reasons that there were', async () => {
    await fleet.admin.http.post('/api/devices/board-03/hold').send({ reason: 'noisy' }).expect(200);
    const page = await select('board-03');
    await choose(page, 'Lift hold');
    await all(['board-03'], ({ hold }) => hold === null);
    await undo(page);
    expect((await fleet.known('board-03')).hold).toMatchObject({ reason: 'noisy' });
  });

  it('pins and unpins, and undoes both', async () => {
    const page = await select('board-04', 'board-05');
    await choose(page, 'Pin …');
    await page.getByRole('dialog').getByLabel('Bundle').selectOption(bundle);
    expect(await page.getByRole('dialog').locator('option').allTextContents()).toEqual([`${bundle} (1.0.0)`]);
    await page.getByRole('dialog').getByRole('button', { name: 'Pin' }).click();
    await all(['board-04', 'board-05'], ({ pin }) => pin?.bundleName === bundle);
    await undo(page);
    await all(['board-04', 'board-05'], ({ pin }) => pin === null);
    const mark = page.locator('tbody tr', { hasText: 'board-04' }).getByText('pinned');
    await mark.waitFor({ state: 'detached' }); // what the page shows is what it will undo to
    await fleet.admin.http.post('/api/devices/board-04/pin').send({ bundle }).expect(200);
    await mark.waitFor();
    await page.getByLabel('Select board-04').check();
    await choose(page, 'Unpin');
    await all(['board-04'], ({ pin }) => pin === null);
    await undo(page);
    await all(['board-04'], ({ pin }) => pin?.bundleName === bundle);
  });

  it('changes the channel, and undoes it', async () => {
    const page = await select('board-06');
    await choose(page, 'Change channel …');
    await page.getByRole('dialog').getByLabel('Channel').fill('beta');
    await page.getByRole('dialog').getByRole('button', { name: 'Change channel' }).click();
    await all(['board-06'], ({ channel }) => channel === 'beta');
    await undo(page);
    expect((await fleet.known('board-06')).channel).toBe('stable');
  });

  it('adds a label, undoes it, and removes one', async () => {
    await fleet.admin.http
      .patch('/api/devices/board-07')
      .send({ labels: ['lab'] })
      .expect(200);
    const page = await select('board-07', 'board-08');
    await choose(page, 'Add label …');
    await page.getByRole('dialog').getByLabel('Label').fill('lab');
    await page.getByRole('dialog').getByRole('button', { name: 'Add label' }).click();
    await all(['board-07', 'board-08'], ({ labels }) => labels.includes('lab'));
    await undo(page);
    expect((await fleet.known('board-07')).labels).toEqual(['lab']);
    expect((await fleet.known('board-08')).labels).toEqual([]);
    await page.getByLabel('Select board-07').check();
    await choose(page, 'Remove label …');
    await page.getByRole('dialog').getByLabel('Label').selectOption('lab');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove label' }).click();
    await all(['board-07'], ({ labels }) => labels.length === 0);
  });

  it('clears failures', async () => {
    await fleet.device('board-09').report('failed');
    expect(await fleet.device('board-09').offered()).toBe('failed-before');
    const page = await select('board-09');
    await choose(page, 'Clear failures …');
    await page.getByRole('dialog').getByRole('button', { name: 'Clear failures' }).click();
    await message(page, 'Failures cleared for 1 device').waitFor();
    expect(await fleet.device('board-09').offered()).toBe(bundle);
  });

  it('admits', async () => {
    const strict = await openFleet(0, { fleetRules: { newDevices: 'waiting' } });
    for (const id of ['new-1', 'new-2']) await strict.device(id).poll();
    const page = await strict.open('/devices?waiting=true');
    await page.getByLabel('Select all on this page').check();
    await choose(page, 'Admit …');
    await page.getByRole('dialog').getByRole('button', { name: 'Admit' }).click();
    await message(page, '2 devices admitted').waitFor();
    await page.getByText('No devices match these filters').waitFor();
    expect((await strict.known('new-1')).admission).toBe('admitted');
  });

  it('says for how many it worked, and why not for each of the others, which stay selected', async () => {
    const page = await fleet.open('/devices?order=desc');
    for (const id of ['sensor-1', 'board-60']) await page.getByLabel(`Select ${id}`).check();
    await choose(page, 'Pin …');
    await page.getByRole('dialog').getByLabel('Bundle').selectOption(otherBundle);
    await page.getByRole('dialog').getByRole('button', { name: 'Pin' }).click();
    const result = page.getByRole('dialog', { name: 'Done for 1 of 2 devices' });
    await result.getByText(`${otherBundle} is for sensor, but the compatible of board-60 is board`).waitFor();
    expect(await result.getByText('sensor-1', { exact: true }).count()).toBe(0);
    await result.getByRole('button', { name: 'Close' }).last().click();
    await bar(page).getByText('1 selected').waitFor();
    expect(await page.getByLabel('Select board-60').isChecked()).toBe(true);
    expect((await fleet.known('sensor-1')).pin?.bundleName).toBe(otherBundle);
  });

  it('shows why the server refused all of it, and keeps what was typed', async () => {
    const page = await select('board-11');
    await choose(page, 'Add label …');
    await page.getByRole('dialog').getByLabel('Label').fill('two words');
    await page.getByRole('dialog').getByRole('button', { name: 'Add label' }).click();
    await page
      .getByRole('dialog')
      .getByText(/"two words" is not the name of a label/)
      .waitFor();
    expect(await page.getByRole('dialog').getByLabel('Label').inputValue()).toBe('two words');
    expect(await page.locator('.notice').count()).toBe(0);
    expect((await fleet.known('board-11')).labels).toEqual([]);
  });

  it('says that the server is away, and that nothing was done', async () => {
    const page = await select('board-12');
    await page.route('**/api/devices/actions', (route) => route.abort());
    await choose(page, 'Lift hold');
    await message(page, 'The server does not answer').waitFor();
    await bar(page).getByText('1 selected').waitFor();
  });

  it('offers the first of a total that is an estimate, and calls it one', async () => {
    const page = await fleet.open('/devices');
    await page.route('**/api/devices?*', async (route) => {
      const answer = await route.fetch();
      const json = { ...((await answer.json()) as object), total: 98_765, total_is_estimate: true };
      await route.fulfill({ response: answer, json });
    });
    await page.goto('/devices?sort=id');
    await page.getByRole('status').getByText('1 – 50 of about 98,765').waitFor();
    await page.getByLabel('Select all on this page').check();
    await bar(page).getByRole('button', { name: 'Select the first 1,000 of about 98,765' }).waitFor();
  });

  it('reaches all that fit, also those on other pages', async () => {
    const page = await fleet.open('/devices?compatible=board&sort=last_contact');
    await page.getByLabel('Select all on this page').check();
    await bar(page).getByText('50 selected').waitFor();
    await bar(page).getByRole('button', { name: 'Select all 60 that match' }).click();
    await bar(page).getByText('60 selected').waitFor();
    await choose(page, 'Change channel …');
    await page
      .getByRole('dialog', { name: 'Move 60 devices to a channel' })
      .getByLabel('Channel')
      .fill('all');
    await page.keyboard.press('Enter');
    await message(page, '60 devices moved to all').waitFor();
    expect((await fleet.known('board-60')).channel).toBe('all');
    expect((await fleet.known('sensor-1')).channel).toBe('stable');
    await undo(page);
    expect((await fleet.known('board-60')).channel).toBe('stable');
  });

  it('works by keyboard alone: filter, select, hold', async () => {
    const page = await fleet.open('/devices');
    await page.locator('.device-id').first().waitFor();
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
      );
    const tabTo = async (name: string) => {
      for (let step = 0; step < 60; step += 1) {
        if ((await focused()) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await tabTo('Search by id, serial number, machine id, address, notes, labels or attributes');
    await page.keyboard.type('board-13');
    await page.waitForURL(/search=board-13/);
    await page.getByText('1 – 1 of 1').first().waitFor();
    await tabTo('Select board-13');
    await page.keyboard.press('Space');
    await bar(page).waitFor();
    for (let step = 0; step < 20 && (await focused()) !== 'Hold …'; step += 1)
      await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('by hand');
    await tabTo('Hold');
    await page.keyboard.press('Enter');
    await message(page, '1 device held').waitFor();
    expect((await fleet.known('board-13')).hold).toMatchObject({ reason: 'by hand' });
    // What it was done with has gone: the keyboard goes on at the table, and what was done is told.
    await page.locator('.table-box:focus').waitFor();
    expect(await focused()).toBe('Devices');
  });
});

describe('a person who may only read', () => {
  it('sees no ticks and no actions', async () => {
    const page = await fleet.open('/devices');
    await page.route('**/api/session', async (route) => {
      const answer = await route.fetch();
      const session = (await answer.json()) as object;
      await route.fulfill({ json: { ...session, scopes: ['read'] } });
    });
    await page.reload();
    await page.locator('.device-id').first().waitFor();
    expect(await page.getByRole('checkbox', { name: /^Select/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Add a device' }).count()).toBe(0);
  });
});
