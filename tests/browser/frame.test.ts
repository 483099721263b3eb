import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { startServer } from '../support/server-process';
import { desktop, type Look, looks, openWindow, phone } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { fileOf, gateway, remarkable } from './demo-fleet';
import { layoutProblems, problemsInLooks } from './for-everybody';
import { openLongFleet } from './long-names';
import { buildPseudoPage, speakPseudoIn } from './pseudo-page';

const names = ['Bundles', 'Devices', 'Rollouts', 'Certificates', 'Events', 'Settings', 'Overview'];

describe('the frame', () => {
  let server: DashboardServer;
  beforeAll(async () => {
    server = await startDashboard();
  });

  async function open(address = '/', look: Look = {}): Promise<Page> {
    const page = await openWindow(server.adminUrl, look);
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  const navigation = (page: Page) => page.getByRole('navigation', { name: 'Main' });
  const live = (page: Page) => page.locator('#sidebar').getByText('Live', { exact: true });
  const themeOf = (page: Page) => page.evaluate('document.documentElement.dataset.theme');
  const hold = (reason: string, base = server.adminUrl) =>
    fetch(`${base}/api/devices/${remarkable.labelled}/hold`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ reason }),
    });

  it('leads to each page, says which one it is, and goes back', async () => {
    const page = await open();
    for (const name of names) {
      await navigation(page).getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await page.title()).toBe(`${name} · RAUC Simple Server`);
      expect(await navigation(page).getByRole('link', { name }).getAttribute('aria-current')).toBe('page');
    }
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  describe('in another language', () => {
    let script: string;
    beforeAll(async () => {
      script = await buildPseudoPage();
    });

    it.each([
      ['/', ['Clear', 'Revoke the certificate that', 'Admit']],
      ['/bundles', ['Release …']],
      [`/bundles/${fileOf(gateway, '2.4.0')}`, ['Release …', 'Delete …']],
      ['/devices', ['Save this view …', 'Add a device']],
      [
        `/devices/${remarkable.labelled}`,
        [
          'Hold …',
          'Pin …',
          'Revoke the certificate',
          'Change channel …',
          'Edit notes …',
          'Device kit …',
          'Forget …',
        ],
      ],
      [`/devices/${remarkable.pinned}`, []],
      ['/rollouts', ['Release a bundle']],
      [
        'a rollout',
        [
          'Go to step 3',
          'Pause',
          'Release another bundle',
          'Go back to the previous release',
          'Abort',
          'Deactivate the channel',
        ],
      ],
      ['/certificates', ['Revoke another certificate', 'Sign a request', 'Issue a certificate']],
      ['/events', []],
      ['/settings', ['Create a token', 'Create a webhook']],
      ['/none', []],
    ])(
      'has nothing of this one left at %s, nor in the dialogs of %p: words come from a table of texts or the API',
      async (place, dialogs) => {
        const page = await openWindow(server.adminUrl);
        const pseudo = await speakPseudoIn(page, script);
        await page.goto(place.startsWith('/') ? place : await addressOfRollout());
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('main .loading').first().waitFor({ state: 'detached' });
        expect(await pseudo.missed()).toEqual([]);
        for (const name of dialogs) {
          const dialog = await openDialog(page, name);
          expect({ name, missed: await pseudo.missed() }).toEqual({ name, missed: [] });
          await page.keyboard.press('Escape');
          await dialog.waitFor({ state: 'detached' });
        }
      },
    );

    /** @param name of the button that opens it, which may be in a menu */
    async function openDialog(page: Page, name: string): Promise<Locator> {
      const button = page.getByRole('main').getByRole('button', { name, includeHidden: true }).first();
      await button.waitFor({ state: 'attached' });
      if (!(await button.isVisible())) await button.locator('xpath=ancestor::details/summary').click();
      await button.click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await dialog.locator('.loading').first().waitFor({ state: 'detached' });
      return dialog;
    }

    async function addressOfRollout(): Promise<string> {
      const response = await fetch(`${server.adminUrl}/api/releases?compatible=${gateway}&channel=stable`);
      const { releases } = (await response.json()) as { releases: { id: number }[] };
      return `/rollouts/${releases[0]?.id ?? 0}`;
    }

    it('says why the server refuses, with what to do', async () => {
      const page = await openWindow(server.adminUrl);
      await speakPseudoIn(page, script);
      const problem = {
        type: 'about:blank',
        title: 'Insufficient Storage',
        status: 507,
        code: 'storage-full',
        detail: 'english',
        reason: 'disk-full',
        parameters: {},
      };
      await page.route('**/api/bundles', (route) =>
        route.fulfill({
          status: 507,
          contentType: 'application/problem+json',
          body: JSON.stringify(problem),
        }),
      );
      await page.goto('/bundles');
      const box = page.getByRole('main').getByRole('alert');
      await box.waitFor();
      expect(await box.textContent()).toMatch(/^⟦the disk .+⟧⟦Free some space.+⟧/);
    });
  });

  it('is used by keyboard alone', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // skips to the content
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const reached = new Set<string>();
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press('Tab');
      reached.add(String(await page.evaluate('document.activeElement.textContent')));
    }
    for (const name of names) expect([...reached]).toContain(name);
  });

  it('shows the theme that the desktop wants, or the one that was chosen, also after a reload', async () => {
    const page = await open('/', { theme: 'dark' });
    expect(await themeOf(page)).toBe('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => (await themeOf(page)) === 'light');
    await page.getByLabel('Theme').selectOption('dark');
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await themeOf(page)).toBe('dark');
    expect(await page.getByLabel('Theme').inputValue()).toBe('dark');
  });

  it('keeps its sidebar collapsed, and names what is behind the icons', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Collapse the sidebar' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Expand the sidebar' }).waitFor();
    await navigation(page).locator('a[title="Devices"]').click();
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
  });

  it('has a menu on a phone, which a choice and Escape close', async () => {
    const page = await open('/', phone);
    expect(await navigation(page).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await navigation(page).getByRole('link', { name: 'Events' }).click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    expect(await navigation(page).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await navigation(page).getByRole('link', { name: 'Events' }).focus();
    await page.keyboard.press('Escape');
    expect(await navigation(page).isVisible()).toBe(false);
  });

  it('shows what happens as it happens', async () => {
    const page = await open();
    await live(page).waitFor();
    await hold('seen at once');
    await page.getByText('seen at once').first().waitFor();
  });

  it('says when it is not live, keeps what it has, and comes back with what it missed', async () => {
    const first = await startDashboard();
    const page = await openWindow(first.adminUrl);
    await page.goto('/');
    await live(page).waitFor();
    await first.stop();
    await page.locator('#sidebar').getByText('Not live: reconnecting').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Overview');
    expect(await page.getByText('acme-gateway').count()).toBeGreaterThan(0);
    const { port } = new URL(first.adminUrl);
    const again = await startServer({ folder: first.folder, args: ['--admin-port', port] });
    await hold('while it was away', again.adminUrl);
    await live(page).waitFor({ timeout: 20_000 });
    await page.getByText('while it was away').first().waitFor();
  });

  it('says that there is no such page', async () => {
    const page = await open('/devices/gateway-001');
    await page.evaluate(
      "history.pushState(null, '', '/nowhere'); dispatchEvent(new PopStateEvent('popstate'))",
    );
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  it('is fit for all people on the overview, on the widest of screens too', async () => {
    const page = await open('/');
    await page.getByText('Needs attention').waitFor();
    const wide = { width: 3840, height: 2160 };
    expect(await problemsInLooks(page, [...looks, ['light', wide], ['dark', wide]])).toEqual([]);
  });

  it('stands still for who asked for less motion', async () => {
    const page = await open('/', { reducedMotion: 'reduce' });
    const moving = await page.evaluate(
      "[...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).animationName !== 'none').length",
    );
    expect(moving).toBe(0);
  });
});

describe('a fleet in which every name is long', () => {
  it('fits: no page scrolls sideways, each action is in sight, and rows are labelled cards on a phone', async () => {
    const fleet = await openLongFleet();
    const page = await fleet.open('/devices', desktop);
    await page.evaluate("localStorage.setItem('device-columns', '[]')"); // all of them
    const problems: string[] = [];
    for (const [address, region] of fleet.pages) {
      await page.setViewportSize(desktop);
      await page.goto(address);
      await page.getByRole('region', { name: region }).first().waitFor();
      await page.locator('main .loading').first().waitFor({ state: 'detached' });
      for (const size of [desktop, { width: 390, height: 844 }]) {
        await page.setViewportSize(size);
        const found = await layoutProblems(page);
        problems.push(...found.map((problem) => `${address}, ${size.width} px: ${problem}`));
      }
    }
    expect(problems).toEqual([]);
  });
});
