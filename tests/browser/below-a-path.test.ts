import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { makeBundle } from '../support/bundle-factory';
import { freePort } from '../support/loopback-ports';
import { mustRun } from '../support/programs';
import {
  makeProxyCertificate,
  proxyName,
  readRecipes,
  readServerOptions,
  type RunningProxy,
  startRecipe,
} from '../support/reverse-proxy';
import { entryPoint } from '../support/server-process';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { gateway, remarkable } from './demo-fleet';

describe('the dashboard that nginx serves below a path', () => {
  let server: DashboardServer;
  let proxy: RunningProxy;
  let origin: string;
  let token: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `https://${proxyName}:${port}`;
    server = await startDashboard({ env: await readServerOptions(port) });
    const create = [entryPoint, 'token', 'create', 'ann', '--scope', 'admin'];
    token = (await mustRun(process.execPath, create, { cwd: server.folder })).stdout.trim();
    const recipe = (await readRecipes()).find(({ title }) => title === 'nginx at /rauc/');
    if (recipe === undefined) throw new Error('the document has no such recipe');
    const adminPort = Number(new URL(server.adminUrl).port);
    proxy = await startRecipe(recipe, adminPort, await makeProxyCertificate(), { port });
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  async function openSignedIn(to: string): Promise<Page> {
    const page = await openWindow(origin);
    await page.goto(to);
    await page.getByLabel('Admin token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    return page;
  }

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const placeOf = (page: Page) => new URL(page.url()).pathname;

  /** What leads out of the path: there is something else, or nothing. */
  async function strayLinks(page: Page): Promise<readonly string[]> {
    const places = await page.locator('a[href], img[src]').evaluateAll((all) =>
      all.map((one) => {
        const { attributes } = one as unknown as Record<'attributes', Record<string, { value: string }>>;
        return (attributes['href'] ?? attributes['src'])?.value ?? '';
      }),
    );
    expect(places.length).toBeGreaterThan(5);
    return places.filter((place) => place.startsWith('/') && !place.startsWith('/rauc/'));
  }

  it('is read by links, back and reload at any depth', async () => {
    const page = await openSignedIn('/rauc/');
    await heading(page, 'Overview');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ path: '/rauc/', secure: true, httpOnly: true, sameSite: 'Strict' });
    expect(await strayLinks(page)).toEqual([]);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Devices' }).click();
    await heading(page, 'Devices');
    expect(placeOf(page)).toBe('/rauc/devices');
    await page.getByRole('link', { name: remarkable.held }).click();
    await heading(page, remarkable.held);
    expect(placeOf(page)).toBe(`/rauc/devices/${remarkable.held}`);
    expect(await strayLinks(page)).toEqual([]);
    await page.reload();
    await heading(page, remarkable.held);
    const width = page
      .locator('.brand img')
      .evaluate((image) => (image as unknown as Record<'naturalWidth', number>).naturalWidth);
    expect(await width).toBeGreaterThan(0);
    await page.goBack();
    await heading(page, 'Devices');
    expect(placeOf(page)).toBe('/rauc/devices');
    expect((await page.goto('/devices'))?.status()).toBe(404);
  });

  it('filters in the address, and downloads', async () => {
    const page = await openSignedIn('/rauc/events');
    await page.getByLabel('About').selectOption('Devices');
    await page.waitForURL(`${origin}/rauc/events?kind=device.`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export' }).click(),
    ]);
    expect(new URL(download.url()).pathname).toBe('/rauc/api/events');
    const events = JSON.parse(await readFile(await download.path(), 'utf8')) as { events: unknown[] };
    expect(events.events.length).toBeGreaterThan(0);
  });

  it('uploads, and goes where that leads', async () => {
    const page = await openSignedIn('/rauc/bundles');
    const file = path.join(server.folder, 'below-9.0.0.raucb');
    await copyFile((await makeBundle({ compatible: gateway, version: '9.0.0' })).path, file);
    await page.getByLabel('Upload bundles').and(page.locator('input')).setInputFiles(file);
    const tray = page.getByRole('region', { name: 'Uploads' });
    await tray.getByText('Stored ·').waitFor();
    await tray.getByRole('link', { name: 'below-9.0.0.raucb' }).click();
    await heading(page, 'below-9.0.0.raucb');
    expect(placeOf(page)).toBe('/rauc/bundles/below-9.0.0.raucb');
  });

  it('is live', async () => {
    const page = await openSignedIn('/rauc/devices');
    await page.locator('.sidebar .live-mark.live').waitFor();
    const answer = await fetch(`${server.adminUrl}/api/devices`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ id: 'aaa-came-live' }),
    });
    expect(answer.status).toBe(201);
    await page.getByRole('link', { name: 'aaa-came-live' }).waitFor();
  });

  it('ends its session when one signs out', async () => {
    const page = await openSignedIn('/rauc/settings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByLabel('Admin token').waitFor();
  });
});
