import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { AboutJson } from '../../src/contract/server';
import { cli } from '../support/server-process';
import { desktop, openWindow, type Theme, type WindowSize } from './browser';
import { startDashboard } from './dashboard-server';
import { display, fileOf, gateway } from './demo-fleet';
import { openLongFleet } from './long-names';

/**
 * Pictures of every page and of the main dialogs, in both themes, on a desktop and on a phone: of the demo fleet, of an empty
 * server, and of a fleet in which every name is long.
 *
 *   npm run screenshots
 *
 * They go into SCREENSHOTS, or `coverage/screenshots`. ONLY=overview,devices makes some of them, THEMES=dark one theme.
 */
const folder = path.resolve(process.env['SCREENSHOTS'] ?? path.join(__dirname, '../../coverage/screenshots'));
const only = process.env['ONLY']?.split(',');
const themes = (process.env['THEMES']?.split(',') ?? ['light', 'dark']) as readonly Theme[];
const sizes: readonly WindowSize[] = [desktop, { width: 390, height: 844 }];

interface Shot {
  readonly name: string;
  readonly url: string;
  /** Before the page is opened. */
  readonly arrange?: (page: Page) => Promise<void>;
  /** Opens what the picture is of, such as a dialog. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const press = (name: string | RegExp) => (page: Page) =>
  page.locator('main').getByRole('button', { name }).first().click();

/** As the settings are on the second of three servers that share a database. */
async function withServers(page: Page): Promise<void> {
  await page.route('**/api/about', async (route) => {
    const about = (await (await route.fetch()).json()) as AboutJson;
    const servers = [1, 2, 3].map((n) => ({
      ...{ name: `rauc-${n}.example.com/${4_100 + n}`, version: about.version, started_at: about.started_at },
      ...{ silent_seconds: n === 3 ? 42 : 1, leads: n === 1, behind: n === 3 ? 2 : 0, is_this: n === 2 },
    }));
    await route.fulfill({ json: { ...about, servers } });
  });
}

let shots: readonly Shot[];

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  const server = await startDashboard();
  for (const id of ['gateway-001', 'gateway-002', 'sensor-001', 'display-001']) {
    await cli(server.folder, 'cert', 'device', id);
  }
  await cli(server.folder, 'token', 'create', 'ci', '--scope', 'publish');
  const empty = await startDashboard({ isSeeded: false });
  const closed = await startDashboard({ isSeeded: false, env: { ADMIN_REQUIRE_TOKEN: 'true' } });
  const long = await openLongFleet();
  const releaseOf = async (product: string) => {
    const answer = await fetch(`${server.adminUrl}/api/releases?compatible=${product}`);
    return ((await answer.json()) as { releases: { id: number }[] }).releases[0]?.id ?? 0;
  };
  const at = (address: string) => `${server.adminUrl}${address}`;
  const { proven = '', downloading = '', failed = '' } = server.fleet ?? {};
  shots = [
    { name: 'overview', url: at('/') },
    { name: 'bundles', url: at('/bundles') },
    { name: 'bundles-release', url: at('/bundles'), prepare: press(/^Release/) },
    { name: 'bundle', url: at(`/bundles/${fileOf(gateway, '2.4.0')}`) },
    { name: 'devices', url: at('/devices') },
    { name: 'devices-add', url: at('/devices'), prepare: press('Add a device') },
    { name: 'device-new', url: at('/devices/new-board-1') },
    { name: 'device-proven', url: at(`/devices/${proven}`) },
    { name: 'device-downloading', url: at(`/devices/${downloading}`) },
    { name: 'device-failed', url: at(`/devices/${failed}`) },
    { name: 'rollouts', url: at('/rollouts') },
    { name: 'rollout', url: at(`/rollouts/${await releaseOf(gateway)}`) },
    { name: 'rollout-stopped', url: at(`/rollouts/${await releaseOf(display)}`) },
    { name: 'certificates', url: at('/certificates') },
    { name: 'certificates-issue', url: at('/certificates'), prepare: press('Issue a certificate') },
    { name: 'certificates-revoke', url: at('/certificates'), prepare: press(/^Revoke the certificate/) },
    { name: 'events', url: at('/events') },
    { name: 'settings', url: at('/settings') },
    {
      ...{ name: 'settings-servers', url: at('/settings'), arrange: withServers },
      prepare: (page) => page.locator('#servers').scrollIntoViewIfNeeded(),
    },
    { name: 'settings-webhook', url: at('/settings'), prepare: press('Create a webhook') },
    { name: 'not-found', url: at('/bundles/none.raucb') },
    ...['overview', 'bundles', 'devices', 'rollouts', 'certificates', 'events'].map((name) => ({
      name: `empty-${name}`,
      url: `${empty.adminUrl}/${name === 'overview' ? '' : name}`,
    })),
    { name: 'login', url: closed.adminUrl },
    ...long.pages.map(([address]) => {
      const [, page = '', one] = address.split('/');
      return {
        name: `long-${page || 'overview'}${one === undefined ? '' : '-one'}`,
        url: long.admin.url + address,
      };
    }),
  ];
}, 300_000);

it.each(themes)(
  '%s',
  async (theme) => {
    for (const { name, url, arrange, prepare } of shots) {
      if (only !== undefined && !only.includes(name)) continue;
      for (const size of sizes) {
        const page = await openWindow(url, { theme, ...size });
        await arrange?.(page);
        await page.goto(url);
        await page.locator('main .loading').first().waitFor({ state: 'detached' });
        await page.waitForTimeout(400);
        await prepare?.(page);
        const file = `${name}-${theme}-${size.width}.png`;
        await page.screenshot({ path: path.join(folder, file), fullPage: prepare === undefined });
        await page.context().close();
      }
    }
  },
  900_000,
);
