import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { cli } from '../support/server-process';
import { looks, openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { display, fileOf, gateway } from './demo-fleet';

/**
 * Pictures of every page with the demo fleet, in both themes, on a desktop and on a phone:
 *
 *   npm run screenshots
 *
 * They go into SCREENSHOTS, or `coverage/screenshots`.
 */
const folder = path.resolve(process.env['SCREENSHOTS'] ?? path.join(__dirname, '../../coverage/screenshots'));
const only = process.env['ONLY']?.split(',');

const pages: Readonly<Record<string, string>> = {
  overview: '/',
  bundles: '/bundles',
  bundle: `/bundles/${fileOf(gateway, '2.4.0')}`,
  devices: '/devices',
  'device-new': '/devices/new-board-1',
  rollouts: '/rollouts',
  certificates: '/certificates',
  events: '/events',
  settings: '/settings',
  'not-found': '/bundles/none.raucb',
};

describe('screenshots', () => {
  let server: DashboardServer;
  let empty: DashboardServer;
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    server = await startDashboard();
    for (const id of ['gateway-001', 'gateway-002', 'sensor-001', 'display-001']) {
      await cli(server.folder, 'cert', 'device', id);
    }
    empty = await startDashboard({ isSeeded: false });
  }, 60_000);

  it.each(looks)(
    '%s %p',
    async (theme, size) => {
      const shoot = async (base: string, name: string, address: string) => {
        if (only !== undefined && !only.includes(name)) return;
        const page = await openWindow(base, { theme, ...size });
        await page.goto(address);
        await page.locator('main .loading').first().waitFor({ state: 'detached' });
        await page.waitForTimeout(400);
        const file = `${name}-${theme}-${size.width}.png`;
        await page.screenshot({ path: path.join(folder, file), fullPage: size.width < 600 });
        await page.context().close();
      };
      for (const [name, address] of Object.entries(pages)) await shoot(server.adminUrl, name, address);
      for (const state of ['proven', 'downloading', 'failed'] as const) {
        await shoot(server.adminUrl, `device-${state}`, `/devices/${server.fleet?.[state] ?? ''}`);
      }
      for (const name of ['overview', 'bundles', 'devices', 'rollouts', 'certificates']) {
        await shoot(empty.adminUrl, `empty-${name}`, pages[name] ?? '/');
      }
      for (const product of [gateway, display]) {
        const releases = await (await fetch(`${server.adminUrl}/api/releases?compatible=${product}`)).json();
        const { id } = (releases as { releases: { id: number }[] }).releases[0] ?? { id: 0 };
        await shoot(server.adminUrl, `rollout-${product}`, `/rollouts/${id}`);
      }
    },
    180_000,
  );
});
