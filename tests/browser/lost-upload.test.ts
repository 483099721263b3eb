import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { makeBundle } from '../support/bundle-factory';
import { type CuttingProxy, type LostBy, startCuttingProxy } from '../support/cutting-proxy';
import { mustRun } from '../support/programs';
import { freePort } from '../support/loopback-ports';
import { startNginx } from '../support/reverse-proxy';
import { entryPoint } from '../support/server-process';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';

let server: DashboardServer;
const portOf = ({ adminUrl }: DashboardServer) => Number(new URL(adminUrl).port);
beforeAll(async () => {
  server = await startDashboard({ isSeeded: false });
});

const tray = (page: Page) => page.getByRole('region', { name: 'Uploads' });

async function uploadAt(base: string, name: string, token?: string): Promise<Page> {
  const file = path.join(server.folder, name);
  const imageSizeBytes = 3 << 20;
  await copyFile((await makeBundle({ imageSizeBytes, seed: 'proxy' })).path, file);
  const page = await openWindow(base);
  await page.goto('/bundles');
  if (token !== undefined) {
    await page.getByLabel('Admin token').fill(token);
    await page.keyboard.press('Enter');
  }
  await page.getByLabel('Upload bundles').and(page.locator('input')).setInputFiles(file);
  return page;
}

describe('an upload from the page whose answer is lost', () => {
  let proxy: CuttingProxy;
  afterEach(() => proxy.close());

  it.each<LostBy>(['cut', 504])('is found on the server (%s)', async (lostBy) => {
    proxy = await startCuttingProxy(portOf(server), lostBy);
    const page = await uploadAt(`http://127.0.0.1:${proxy.port}`, `lost-by-${lostBy}.raucb`);
    await tray(page).getByText('the server has a bundle with this name and size').waitFor();
    expect(proxy.lost).toBeGreaterThan(0);
    await tray(page)
      .getByRole('link', { name: `lost-by-${lostBy}.raucb` })
      .waitFor();
  });
});

describe('an upload from the page through nginx', () => {
  it('is told which limit to raise, and later that the server is away', async () => {
    const create = [entryPoint, 'token', 'create', 'ann', '--scope', 'admin'];
    const token = (await mustRun(process.execPath, create, { cwd: server.folder })).stdout.trim();
    const port = await freePort();
    const lines = 'proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;';
    const proxy = await startNginx(
      `server { listen 127.0.0.1:${port}; ${lines} location / { proxy_pass ${server.adminUrl}; } }`,
      { port },
    );
    const page = await uploadAt(`http://127.0.0.1:${port}`, 'too-large.raucb', token);
    await tray(page).getByRole('alert').waitFor();
    expect(await tray(page).getByRole('alert').innerText()).toMatch(/proxy.*nginx.*413/);
    await tray(page).getByText('client_max_body_size in nginx').waitFor();

    // The server goes, and the proxy stays.
    await server.stop();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Devices' }).click();
    await page
      .getByText(/proxy.*nginx.*HTTP 502/)
      .first()
      .waitFor();
    await page.getByText('Check that the server is running').first().waitFor();
    await proxy.stop();
  });
});
