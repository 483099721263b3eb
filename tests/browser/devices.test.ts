import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { phone, seriousFindings } from './browser';
import { boardIds, type FleetServer, message, openFleet, shownIds, showsOnly } from './devices-fleet';
import { problemsInLooks } from './for-everybody';

const search = (page: Page) => page.getByRole('searchbox');

describe('the list of devices', () => {
  const boards = 104;
  let fleet: FleetServer;
  beforeAll(async () => {
    fleet = await openFleet(boards);
    await fleet.device('board-03').report('failed');
    await fleet.admin.http.post('/api/devices/board-04/hold').send({ reason: 'lab' }).expect(200);
    await fleet.admin.http
      .patch('/api/devices/board-05')
      .send({ labels: ['lab'] })
      .expect(200);
  });

  it('takes a few lines a device on a phone, on which what is not there is left out', async () => {
    const page = await fleet.open('/devices', phone);
    await page.locator('.device-id').first().waitFor();
    const rows = await page.evaluate<{ height: number; shown: string }[]>(
      `[...document.querySelectorAll('tbody tr')].map((row) =>
        ({ height: row.getBoundingClientRect().height, shown: row.innerText }))`,
    );
    expect(rows).toHaveLength(50);
    const total = rows.reduce((sum, { height }) => sum + height, 0);
    expect(total / rows.length).toBeLessThan(90);
    expect(rows.filter(({ shown }) => shown.includes('—'))).toEqual([]);
  });

  it('keeps the heads of the columns in sight, below what can be done', async () => {
    const page = await fleet.open('/devices');
    await page.locator('.device-id').first().waitFor();
    await page.locator('.table-box.fits').waitFor();
    const seen = await page.evaluate<Record<string, number>>(`(() => {
      scrollTo(0, document.body.scrollHeight);
      const edges = (selector) => document.querySelector(selector).getBoundingClientRect();
      return { row: edges('tbody tr').bottom, bar: edges('.table-head').bottom, head: edges('thead th').top };
    })()`);
    expect(seen['row']).toBeLessThan(0);
    expect(seen['head']).toBe(seen['bar']);
    expect(seen['bar']).toBeGreaterThan(0);
  });

  it('goes through the fleet a page at a time, and back by the back button', async () => {
    const page = await fleet.open('/devices');
    await page
      .getByText(/1 – 50 of 105/)
      .first()
      .waitFor();
    const first = await shownIds(page);
    expect(first).toHaveLength(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page
      .getByText(/51 – 100 of 105/)
      .first()
      .waitFor();
    const second = await shownIds(page);
    expect(second.some((id) => first.includes(id))).toBe(false);
    await page.reload();
    await showsOnly(page, second);
    await page.goBack();
    await showsOnly(page, first);
    await page.goForward();
    await showsOnly(page, second);
    await page.getByRole('button', { name: 'First page' }).click();
    await showsOnly(page, first);
  });

  it('keeps the old rows, and says that it is busy, while new ones are on their way', async () => {
    const page = await fleet.open('/devices');
    await page.locator('.device-id').first().waitFor();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/devices?search=sensor*', async (route) => {
      await held;
      await route.continue();
    });
    await search(page).fill('sensor');
    await page.locator('.table-box[aria-busy=true]').waitFor();
    expect(await shownIds(page)).toHaveLength(50);
    answer();
    await showsOnly(page, ['sensor-1']);
    await page.locator('.table-box[aria-busy=false]').waitFor();
  });

  it('searches while one types on, and asks the server once', async () => {
    const page = await fleet.open('/devices');
    await page.locator('.device-id').first().waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('search=')) asked.push(request.url());
    });
    // As fast as nobody types, however busy the machine is.
    await search(page).evaluate((element, text) => {
      const input = element as unknown as { value: string; dispatchEvent(event: Event): boolean };
      for (let length = 1; length <= text.length; length += 1) {
        input.value = text.slice(0, length);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }, 'SN-sensor');
    await showsOnly(page, ['sensor-1']);
    expect(asked).toHaveLength(1);
    await search(page).press('End');
    await search(page).pressSequentially('-1');
    expect(await search(page).inputValue()).toBe('SN-sensor-1');
    await page.waitForURL(/search=SN-sensor-1/);
    await page.getByRole('button', { name: 'Remove the filter Search: SN-sensor-1' }).click();
    await page
      .getByText(/1 – 50 of 105/)
      .first()
      .waitFor();
    expect(await search(page).inputValue()).toBe('');
  });

  it.each([
    ['State', 'failed', ['board-03'], 'State: failed'],
    ['Compatible', 'sensor', ['sensor-1'], 'Compatible: sensor'],
    ['Label', 'lab', ['board-05'], 'Label: lab'],
  ])('narrows the list by %s', async (menu, choice, ids, chip) => {
    const page = await fleet.open('/devices');
    const select = page.getByRole('combobox', { name: menu, exact: true });
    await select.locator(`option[value=${choice}]`).waitFor({ state: 'attached' });
    await select.selectOption(choice);
    await showsOnly(page, ids);
    await page.reload();
    await showsOnly(page, ids);
    await page.getByRole('button', { name: `Remove the filter ${chip}` }).click();
    await page.waitForURL(/\/devices$/);
    await page.goBack();
    await showsOnly(page, ids);
  });

  it('does without the list of labels', async () => {
    const page = await fleet.open('/devices');
    await page.route('**/api/labels', (route) => route.fulfill({ status: 404 }));
    await page.reload();
    const field = page.getByRole('textbox', { name: 'Label' });
    await field.fill('lab');
    await field.press('Enter');
    await showsOnly(page, ['board-05']);
  });

  it('shows what a link asks for: decisions, release, version and channel', async () => {
    const page = await fleet.open('/devices?held=true');
    await showsOnly(page, ['board-04']);
    await page.getByRole('button', { name: 'Held', exact: true }).click();
    await page.waitForURL(/\/devices$/);
    await page.goto('/devices?release=1&version=0.9.0&channel=stable&compatible=board&state=failed');
    await showsOnly(page, ['board-03']);
    await page.goto('/devices?waiting=true');
    await page.getByText('No devices match these filters').waitFor();
    await page.locator('.empty').getByRole('button', { name: 'Clear filters' }).click();
    await page.locator('.device-id').first().waitFor();
  });

  it('narrows the list to devices that were last heard long ago', async () => {
    const page = await fleet.open('/devices');
    await page.getByRole('combobox', { name: 'Last contact' }).selectOption('30d');
    await page.waitForURL(/\?last_contact_before=30d$/);
    await page.getByText('No devices match these filters').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Last contact: over 30 days ago' }).click();
    await page.locator('.device-id').first().waitFor();
    await page.goto('/devices?label=lab&last_contact_before=2100-01-01T00:00:00Z');
    await showsOnly(page, ['board-05']);
  });

  it('saves what is looked at by name, shows it again, and forgets it', async () => {
    const page = await fleet.open('/devices?label=lab&sort=version&order=desc');
    await showsOnly(page, ['board-05']);
    const views = page.getByLabel('Saved views');
    await views.click();
    await page.getByText('No saved views yet.').waitFor();
    await page.getByRole('button', { name: 'Save this view …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('In the lab');
    await page.keyboard.press('Enter');
    await message(page, 'View In the lab saved in this browser').waitFor();
    await page.goto('/devices');
    await page.locator('.device-id').first().waitFor();
    // By the keyboard, after a reload.
    await views.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\?label=lab&sort=version&order=desc$/);
    await showsOnly(page, ['board-05']);
    await views.click();
    expect(
      await page.getByRole('button', { name: 'In the lab', exact: true }).getAttribute('aria-current'),
    ).toBe('true');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete the view In the lab' }).click();
    await message(page, 'View In the lab deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await views.click();
    await page.getByRole('button', { name: 'In the lab', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete the view In the lab' }).click();
    await views.click();
    await page.getByText('No saved views yet.').waitFor();
  });

  it('exports all that fits, whatever page is shown', async () => {
    const page = await fleet.open('/devices?compatible=board');
    await page
      .getByText(/1 – 50 of 104/)
      .first()
      .waitFor();
    for (const format of ['CSV', 'JSON']) {
      await page.getByLabel('Export all matching devices').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: new RegExp(`^${format}`) }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`devices.${format.toLowerCase()}`);
      const written = await readFile(await download.path(), 'utf8');
      const ids =
        format === 'CSV'
          ? written
              .split('\r\n')
              .slice(1, -1)
              .map((line) => line.split(',', 1)[0])
          : (JSON.parse(written) as { devices: { id: string }[] }).devices.map(({ id }) => id);
      expect(ids).toEqual([...boardIds(boards)].sort());
      await page.keyboard.press('Escape');
    }
  });

  it('says what is wrong with an address, and leads out of it', async () => {
    const page = await fleet.open('/devices?state=strange');
    await page.locator('.box.bad').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
    await page.locator('.device-id').first().waitFor();
  });

  it('sorts by what the server sorts by', async () => {
    const page = await fleet.open('/devices');
    await page.getByRole('button', { name: 'Device', exact: true }).click();
    await page.waitForURL(/order=desc/);
    await showsOnly(page, ['sensor-1', ...[...boardIds(boards)].sort().reverse().slice(0, 49)]);
    for (const [name, sort] of [
      ['Last contact', 'last_contact'],
      ['Version', 'version'],
      ['State', 'state'],
    ] as const) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForURL(new RegExp(`sort=${sort}`));
      await page.locator('th[aria-sort=ascending]', { hasText: name }).waitFor();
    }
    await page.locator('tbody tr', { hasText: 'board-03' }).getByText('failed').waitFor();
  });

  it('remembers which columns one wants', async () => {
    const page = await fleet.open('/devices');
    await page.getByLabel('Choose columns').click();
    await page.getByRole('checkbox', { name: 'Serial number' }).check();
    await page.getByRole('checkbox', { name: 'Channel' }).uncheck();
    await page.reload();
    await page.getByText('SN-board-01').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Channel' }).count()).toBe(0);
  });

  it('shows a change of a device that is shown, and keeps what one types', async () => {
    const page = await fleet.open('/devices?search=board-07');
    await page.locator('tbody').getByText('offered').waitFor();
    await search(page).press('End');
    await page.locator('.sidebar .live-mark.live').waitFor();
    let lists = 0;
    page.on('request', (request) => (lists += request.url().includes('/api/devices?') ? 1 : 0));
    await fleet.device('board-08').report('failed');
    await fleet.device('board-07').report('failed');
    await page.locator('tbody').getByText('failed').waitFor();
    expect(lists).toBe(1);
    expect(await search(page).inputValue()).toBe('board-07');
  });

  it('is for everybody', async () => {
    const page = await fleet.open('/devices?channel=stable', { reducedMotion: 'reduce' });
    await page.getByLabel('Select board-01').check();
    expect(await problemsInLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Hold …' }).click();
    expect(await problemsInLooks(page)).toEqual([]);
  });
});

describe('a server without devices', () => {
  it('shows the way to the first one, and the first one as it comes', async () => {
    const fleet = await openFleet(0);
    const page = await fleet.open('/devices');
    await page.getByText(/rauc-simple-server(\.js)? cert device board-1/).waitFor();
    await page.getByText(/rauc-simple-server(\.js)? device kit board-1/).waitFor();
    await page.locator('.sidebar .live-mark.live').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await fleet.device('board-1').poll();
    await showsOnly(page, ['board-1']);
  });

  it('takes a device ahead of its first contact, and keeps what was typed when it says no', async () => {
    const fleet = await openFleet(0);
    const page = await fleet.open('/devices');
    await page.getByRole('button', { name: 'Add a device' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Device id').fill('not an id');
    await dialog.getByLabel('Notes').fill('in the cellar');
    await dialog.getByRole('button', { name: 'Add device' }).click();
    await dialog.getByText(/is not a device id/).waitFor();
    expect(await dialog.getByLabel('Notes').inputValue()).toBe('in the cellar');
    expect(await message(page, /added/).count()).toBe(0);
    await dialog.getByLabel('Device id').fill('board-9');
    await dialog.getByLabel('Channel').fill('beta');
    await dialog.getByLabel('Labels').fill('lab, east');
    await dialog.getByRole('button', { name: 'Add device' }).click();
    await page.getByRole('heading', { level: 1, name: 'board-9' }).waitFor();
    await eventually(async () => (await fleet.known('board-9')).notes === 'in the cellar');
    expect(await fleet.known('board-9')).toMatchObject({ channel: 'beta', labels: ['east', 'lab'] });
  });
});
