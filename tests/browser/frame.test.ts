import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';

describe('the frame', () => {
  let server: DashboardServer;
  beforeAll(async () => {
    server = await startDashboard();
  }, 60_000);

  it('leads to each page, and says which one it is', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    for (const name of ['Bundles', 'Devices', 'Rollouts', 'Certificates', 'Events', 'Settings', 'Overview']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await page.title()).toBe(`${name} · RAUC Simple Server`);
    }
  });
});
