import type { Page } from 'playwright-core';
import type { Theme } from './browser';
import { bundle, type FleetServer, openFleet } from './devices-fleet';
import { type LongFleet, longId, openLongFleet } from './long-names';

/** What a designer sees at once and no rule about whole pages does: distances, broken lines, words that begin in lower case. */
let fleet: FleetServer;
beforeAll(async () => {
  fleet = await openFleet(3);
});

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** How many lines each of the elements takes. */
function linesOf(page: Page, selector: string): Promise<readonly number[]> {
  return page.evaluate(
    // A line of several texts has as many rectangles.
    `[...document.querySelectorAll('${selector}')].map(
      (one) => new Set([...one.getClientRects()].map(({ top }) => top)).size,
    )`,
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

describe('colours', () => {
  it.each<Theme>(['light', 'dark'])(
    'of the storage bar are loud only for what this server stores: %s',
    async (theme) => {
      const page = await fleet.open('/settings', { theme });
      const bar = section(page, 'About').locator('.share-bar');
      await bar.locator('[title^="The rest of the disk"]').waitFor();
      // How far a colour is from grey: 0 for grey, 255 for pure red.
      const loudness = await page.evaluate<readonly number[]>(`
        ['The rest of the disk', 'Free'].map((label) => {
          const part = document.querySelector('.share-part[title^="' + label + '"]');
          const [red, green, blue] = getComputedStyle(part).backgroundColor.match(/[0-9.]+/g).map(Number);
          return Math.max(red, green, blue) - Math.min(red, green, blue);
        })`);
      expect(loudness.filter((one) => one > 40)).toEqual([]);
    },
  );

  it('of an empty checkbox are those of an empty field', async () => {
    const page = await fleet.open('/settings', { theme: 'dark' });
    await section(page, 'Configuration').getByRole('checkbox').waitFor();
    const [checkbox, field] = await page.evaluate<readonly string[]>(`
      ['checkbox', 'search'].map(
        (type) => getComputedStyle(document.querySelector('#configuration input[type=' + type + ']')).backgroundColor,
      )`);
    expect(checkbox).toBe(field);
  });
});

describe('distances', () => {
  it('are the same above, between and below the links of the settings on a phone', async () => {
    const page = await fleet.open('/settings', { width: 390 });
    await page.locator('.anchors a').last().waitFor();
    const free = await page.evaluate<readonly number[]>(`(() => {
      const lines = new Map();
      for (const link of document.querySelectorAll('.anchors a')) {
        const range = document.createRange();
        range.selectNodeContents(link);
        const { top, bottom } = range.getBoundingClientRect();
        lines.set(top, bottom);
      }
      const edges = (selector) => document.querySelector(selector).getBoundingClientRect();
      const tops = [...lines.keys(), edges('main .panel').top];
      const bottoms = [edges('h1').bottom, ...lines.values()];
      return tops.map((top, index) => top - bottoms[index]);
    })()`);
    expect(free.length).toBeGreaterThan(2);
    expect(Math.max(...free) - Math.min(...free)).toBeLessThanOrEqual(4);
  });

  it('keep the sentence about no match clear of the one above it', async () => {
    const page = await fleet.open('/settings?option=there-is-none');
    await page.getByText('No options match.').waitFor();
    expect(
      await freeBetween(page, '#configuration > p:nth-of-type(1)', '#configuration > p:nth-of-type(2)'),
    ).toBeGreaterThanOrEqual(8);
  });

  it('keep the scale of a chart clear of its areas', async () => {
    const page = await fleet.open('/');
    await page.locator('.history-top').waitFor();
    expect(await freeBetween(page, '.history-top', '.history-plot svg')).toBeGreaterThanOrEqual(0);
  });

  it.each(['/', '/rollouts'])(
    'are as small below the last row of a panel as beside it: %s',
    async (address) => {
      const page = await fleet.open(address);
      await page.locator('.panel > .rows > li').first().waitFor();
      const free = await page.evaluate<readonly number[]>(`
      [...document.querySelectorAll('.panel > .rows:last-child')].map((rows) => {
        const bottoms = [...rows.lastElementChild.querySelectorAll('*')].map((one) => one.getBoundingClientRect().bottom);
        return rows.parentElement.getBoundingClientRect().bottom - Math.max(...bottoms);
      })`);
      expect(free.length).toBeGreaterThan(0);
      expect(free.filter((one) => one > 18)).toEqual([]);
    },
  );
});

describe('lines', () => {
  it('keep the count of a legend with its unit and its share', async () => {
    const page = await fleet.open('/settings');
    await page.locator('.legend li > .muted').first().waitFor();
    for (let width = 320; width <= 420; width += 4) {
      await page.setViewportSize({ width, height: 800 });
      const lines = await linesOf(page, '.legend li > .muted');
      expect(lines.filter((count) => count !== 1)).toEqual([]);
    }
  });

  it('of a chart are level or upright, and have no slope that nobody counted', async () => {
    const point = (hours: number, ...counts: readonly [number, number]) => ({
      at: new Date(Date.parse('2026-11-28T00:00:00Z') + hours * 3_600_000).toISOString(),
      counts: counts.map((devices, index) => ({ version: `1.${index}.0`, devices })),
    });
    const page = await fleet.open('/devices');
    await page.route('**/api/fleet/history*', (route) =>
      route.fulfill({
        json: { points: [point(0, 4, 0), point(20, 1, 3), point(24, 4, 1)], versions: ['1.0.0', '1.1.0'] },
      }),
    );
    await page.goto('/');
    await page.locator('.history-plot path').nth(1).waitFor({ state: 'attached' });
    const outlines = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('.history-plot path')].map((path) => path.getAttribute('d'))`,
    );
    // The newer version: none for ten hours, then 3, then 1 of the 5 that the scale goes to.
    expect(outlines[0]).toBe(
      'M0.0 200.0L416.7 200.0L416.7 200.0L916.7 200.0L916.7 200.0L1000.0 200.0L1000.0 160.0L916.7 160.0L916.7 80.0L416.7 80.0L416.7 200.0L0.0 200.0Z',
    );
  });

  it('begin at one edge: the heading of a column and its cells', async () => {
    const page = await fleet.open('/devices');
    await page.locator('tbody .device-id').first().waitFor();
    const [heading = 0, cell = 100] = await page.evaluate<readonly number[]>(`
      ['thead .sort', 'tbody .device-id'].map((selector) => {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector(selector).firstChild);
        return range.getBoundingClientRect().left;
      })`);
    expect(Math.abs(heading - cell)).toBeLessThan(0.6);
  });

  it('end at one edge on a phone: the checkbox for all devices and those of each', async () => {
    const page = await fleet.open('/devices', { width: 390 });
    await page.locator('tbody .tick input').first().waitFor();
    const [all = 0, one = 100] = await page.evaluate<readonly number[]>(`
      ['thead .tick input', 'tbody .tick input'].map(
        (selector) => document.querySelector(selector).getBoundingClientRect().right,
      )`);
    expect(Math.abs(all - one)).toBeLessThan(1);
  });

  it('are filled by each filter of the bundles on a phone', async () => {
    const page = await fleet.open('/bundles', { width: 390 });
    await page.locator('.filters select').waitFor();
    const widths = await page.evaluate<readonly number[]>(
      `[...document.querySelectorAll('.filters :is(input, select)')].map(({ offsetWidth }) => offsetWidth)`,
    );
    expect(new Set(widths).size).toBe(1);
  });

  it('underline the words of a link, but not the space beside its badge', async () => {
    const page = await fleet.open('/rollouts');
    await page.locator('td a .badge').first().waitFor();
    const [link, words] = await page.evaluate<readonly string[]>(`
      ['td a:has(.badge)', 'td a .badge ~ .small'].map(
        (selector) => getComputedStyle(document.querySelector(selector)).textDecorationLine,
      )`);
    expect([link, words]).toEqual(['none', 'underline']);
  });
});

describe('long names', () => {
  let long: LongFleet;
  beforeAll(async () => {
    long = await openLongFleet();
  });

  it.each([1440, 390])('are whole at the steps of a rollout: %d px', async (width) => {
    const page = await long.open('/rollouts', { width });
    await page.locator('.steps-mark').waitFor();
    const cut = await page.evaluate<readonly string[]>(`
      [...document.querySelectorAll('.steps-mark > span')]
        .filter((step) => step.scrollWidth > step.clientWidth)
        .map((step) => step.textContent)`);
    expect(cut).toEqual([]);
  });

  it('keep the arrow between steps with the step that it leads to', async () => {
    const page = await long.open(rolloutOf(long), { width: 390 });
    await section(page, 'Policy').getByText('→').waitFor();
    expect(await brokenParts(page, /→\s\S+/g)).toEqual([]);
  });

  it('of a legend stay beside their mark, on each line', async () => {
    const page = await long.open('/', { width: 390 });
    await page.locator('.legend li .swatch').first().waitFor();
    const places = await page.evaluate<readonly (readonly [number, number])[]>(`
      [...document.querySelectorAll('.legend li')].map((one) => {
        const words = document.createRange();
        words.setStartAfter(one.firstElementChild);
        words.setEndAfter(one.lastChild);
        const lefts = [...words.getClientRects()].map(({ left }) => left);
        return [lefts.length, Math.min(...lefts) - one.firstElementChild.getBoundingClientRect().right];
      })`);
    // One of them takes several lines.
    expect(Math.max(...places.map(([lines]) => lines))).toBeGreaterThan(1);
    expect(places.filter(([, beside]) => beside < 2)).toEqual([]);
  });

  it.each([1440, 390])('take a whole line as a fact or its value: %d px', async (width) => {
    const page = await long.open(`/devices/${longId}`, { width });
    await section(page, 'Facts').getByText('Custom attributes').waitFor();
    const [total, narrow] = await page.evaluate<readonly [number, readonly string[]]>(`(() => {
      const long = [...document.querySelectorAll('.facts > div')].filter((fact) =>
        [...fact.children].some(({ textContent }) => /\\S{25}/.test(textContent)),
      );
      return [
        long.length,
        long.filter((fact) => fact.offsetWidth < fact.parentElement.clientWidth - 1).map((fact) => fact.textContent),
      ];
    })()`);
    expect(total).toBeGreaterThan(3);
    expect(narrow).toEqual([]);
  });

  it('of who did something begin level with the time, right beside it, on a phone', async () => {
    const page = await long.open('/events', { width: 390 });
    await page.locator('.journal-line').first().waitFor();
    const places = await page.evaluate<readonly (readonly [number, number, number])[]>(`
      [...document.querySelectorAll('.journal-line')].map((line) => {
        const time = line.querySelector('time').getBoundingClientRect();
        const by = line.querySelector('.event-by').getBoundingClientRect();
        return [by.height, Math.abs(by.top - time.top), by.left - time.right];
      })`);
    // One of them takes several lines.
    expect(Math.max(...places.map(([height]) => height))).toBeGreaterThan(30);
    expect(places.filter(([, above, beside]) => above > 1 || beside > 12)).toEqual([]);
  });

  it('of a reason take the whole card of a revoked certificate', async () => {
    const page = await long.open('/certificates', { width: 390 });
    await page.locator('[aria-label="Revoked certificates"] tbody tr').first().waitFor();
    const [whole = 0, reason = 100] = await page.evaluate<readonly number[]>(`(() => {
      const card = document.querySelector('[aria-label="Revoked certificates"] tbody tr');
      return [card.clientWidth - 32, card.lastElementChild.offsetWidth];
    })()`);
    expect(Math.abs(whole - reason)).toBeLessThanOrEqual(1);
  });
});

/** The address of the page of the only rollout. */
function rolloutOf({ pages }: LongFleet): string {
  return pages.map(([address]) => address).find((address) => address.startsWith('/rollouts/')) ?? '';
}
