import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { makeBundle } from '../support/bundle-factory';
import { makeMismatchedBundle } from '../support/mismatched-bundle';
import { temporaryFolder } from '../support/programs';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { fileOf, gateway, sensor } from './demo-fleet';
import { problemsInLooks } from './for-everybody';

/** What the browser has and Node does not. */
interface Dom {
  readonly DataTransfer: new () => { readonly items: { add(file: File): void } };
}

describe('the bundles', () => {
  let server: DashboardServer;
  let folder: string;
  beforeAll(async () => {
    server = await startDashboard();
    folder = await temporaryFolder();
  });

  /** A real bundle under a name. */
  async function fileNamed(name: string, version: string): Promise<string> {
    const file = path.join(folder, name);
    await copyFile((await makeBundle({ compatible: gateway, version })).path, file);
    return file;
  }

  async function open(address: string, look = {}): Promise<Page> {
    const page = await openWindow(server.adminUrl, look);
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  const tray = (page: Page) => page.getByRole('region', { name: 'Uploads' });

  it('are uploaded, several at once, and say what became of each', async () => {
    const page = await open('/bundles');
    const broken = path.join(folder, 'broken.raucb');
    await writeFile(broken, 'no bundle');
    await page
      .getByLabel('Upload bundles')
      .and(page.locator('input'))
      .setInputFiles([
        await fileNamed('up-3.0.0.raucb', '3.0.0'),
        broken,
        await fileNamed('up-3.1.0.raucb', '3.1.0'),
      ]);
    await tray(page).getByText('Stored ·').nth(1).waitFor();
    await tray(page).getByRole('alert').waitFor();
    expect(await tray(page).getByRole('alert').textContent()).toMatch(/broken\.raucb|bundle/);
    await page.getByRole('table').getByRole('link', { name: 'up-3.1.0.raucb' }).waitFor();
    await tray(page).getByRole('button', { name: 'Clear the upload list' }).click();
    await tray(page).waitFor({ state: 'detached' });
    // The same bytes again are not an error.
    await page
      .getByLabel('Upload bundles')
      .and(page.locator('input'))
      .setInputFiles(path.join(folder, 'up-3.0.0.raucb'));
    await tray(page).getByText('Already stored: same name, same content').waitFor();
  });

  it('may be dropped on any page', async () => {
    const page = await open('/events');
    const file = await fileNamed('dropped-3.2.0.raucb', '3.2.0');
    const bytes = (await readFile(file)).toString('base64');
    const transfer = await page.evaluateHandle((encoded) => {
      const { DataTransfer } = globalThis as unknown as Dom;
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], 'dropped-3.2.0.raucb'));
      return data;
    }, bytes);
    await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
    await page.getByText('Drop bundles here to upload them').waitFor();
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await tray(page).getByRole('button', { name: 'Release … dropped-3.2.0.raucb' }).click();
    await page.getByRole('dialog', { name: /dropped-3\.2\.0/ }).waitFor();
    await page.keyboard.press('Escape');
    await tray(page).getByRole('link', { name: 'dropped-3.2.0.raucb' }).click();
    await page.getByRole('heading', { level: 1, name: 'dropped-3.2.0.raucb' }).waitFor();
  });

  it('show how fast they go, and can be cancelled', async () => {
    const page = await open('/bundles');
    const big = await fileNamed('slow.raucb', '3.3.0');
    await truncate(big, 40 << 20);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 1 << 20,
    });
    await page
      .getByLabel('Upload bundles')
      .and(page.locator('input'))
      .setInputFiles([big, await fileNamed('after.raucb', '3.4.0')]);
    await tray(page)
      .getByText(/MiB \/ 40.0 MiB · .*\/s · .* left/)
      .waitFor();
    await tray(page).getByText('Queued').waitFor();
    await tray(page).getByRole('button', { name: 'Cancel the upload of slow.raucb' }).click();
    await tray(page).getByText('Cancelled: nothing was stored').waitFor();
    // The next in the queue goes on.
    await tray(page).getByText('Stored ·').waitFor();
    expect((await fetch(`${server.adminUrl}/api/bundles/slow.raucb`)).status).toBe(404);
  });

  it('are searched, and the address bar keeps it', async () => {
    const page = await open('/bundles');
    await page.getByLabel('Search').fill('1.9.0');
    await page.getByText(/^1 of \d+ bundles$/).waitFor();
    await page.reload();
    await page.getByText(/^1 of \d+ bundles$/).waitFor();
    await page.getByLabel('Search').fill('nothing like it');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Compatible').selectOption(sensor);
    await page.getByText(/^2 of \d+ bundles$/).waitFor();
  });

  it('explain themselves: verdict, manifest, images, signer, devices', async () => {
    const page = await open(`/bundles/${fileOf(gateway, '2.4.0')}`);
    await page.getByText("chains to this server's keyring").waitFor();
    await page.getByRole('region', { name: 'Images' }).first().getByText('rootfs.img').waitFor();
    await page.getByRole('region', { name: 'Signer chain' }).getByText('issued by').first().waitFor();
    await page
      .getByRole('region', { name: 'Where it was current' })
      .getByRole('link', { name: `${gateway}, stable` })
      .waitFor();
    await page.getByRole('link', { name: /running it/ }).click();
    await page.waitForURL(/\/devices\?compatible=acme-gateway&version=2\.4\.0/);
  });

  it('show hooks, artifacts and what could be better', async () => {
    const head = `[update]\ncompatible=${gateway}\nversion=3.5.0\n[bundle]\nformat=verity\n`;
    const made = await makeBundle({
      manifest: `${head}[hooks]\nfilename=hook.sh\nhooks=install-check\n[image.rootfs]\nfilename=rootfs.img\nhooks=post-install\n[image.files/docs]\nfilename=d.tar\n`,
      files: { 'hook.sh': '#!/bin/sh\n', 'd.tar': 'd' },
      rauc: 'sid',
    });
    const file = path.join(folder, 'with-hooks.raucb');
    await copyFile(made.path, file);
    const page = await open('/bundles');
    await page.getByLabel('Upload bundles').and(page.locator('input')).setInputFiles(file);
    await page.getByRole('table').getByRole('link', { name: 'with-hooks.raucb' }).click();
    await page.getByText('hook.sh install-check').waitFor();
    await page.getByText('rootfs.img could have it').waitFor();
    const images = page.getByRole('region', { name: 'Images' }).first();
    await images.getByRole('row', { name: /^rootfs .*raw.*post-install/ }).waitFor();
    await images.getByText('files/docs').waitFor();
  });

  it('say without a reload what became of their images, and warn before they are released', async () => {
    const file = path.join(folder, 'mismatched.raucb');
    await copyFile(await makeMismatchedBundle({ compatible: gateway, version: '3.6.0' }), file);
    const page = await open('/bundles');
    await page.getByLabel('Upload bundles').and(page.locator('input')).setInputFiles(file);
    await page
      .getByRole('row', { name: /mismatched\.raucb/ })
      .getByText('Mismatch', { exact: true })
      .waitFor();
    await page.getByRole('table').getByRole('link', { name: 'mismatched.raucb' }).click();
    const images = page.getByRole('region', { name: 'Images' }).first();
    await images.getByText('does not match the manifest: rootfs.img').waitFor();
    await page.getByRole('button', { name: 'Release …', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByText('has an image that does not match its manifest: rootfs.img')
      .waitFor();
    await page.goto(`/bundles/${fileOf(gateway, '2.4.0')}`);
    await images.getByText('The images match').waitFor();
  });

  it('are released with a policy from their page', async () => {
    const page = await open(`/bundles/${fileOf(sensor, '1.9.0-rc1')}`);
    await page.getByRole('button', { name: 'Release …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Channel').fill('nightly');
    await dialog.getByRole('button', { name: /^Release/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByRole('region', { name: 'Where it was current' })
      .getByRole('link', { name: `${sensor}, nightly` })
      .waitFor();
  });

  it('are not deleted while they are current, and the page says where', async () => {
    const page = await open(`/bundles/${fileOf(gateway, '2.4.0')}`);
    await page.getByRole('button', { name: 'Delete …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('the server will not delete it').waitFor();
    expect(await dialog.getByRole('button', { name: /^Delete/ }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Delete …');
  });

  it('are deleted by keyboard alone, after the consequences were named', async () => {
    await makeBundle({ compatible: gateway, version: '9.9.9' });
    const page = await open('/bundles');
    await page
      .getByLabel('Upload bundles')
      .and(page.locator('input'))
      .setInputFiles(await fileNamed('gone-9.9.9.raucb', '9.9.9'));
    await tray(page).getByText('Stored ·').waitFor();
    await page.goto('/bundles/gone-9.9.9.raucb');
    await page.getByRole('button', { name: 'Delete …' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Its name stays reserved').waitFor();
    await page.getByRole('button', { name: 'Delete gone-9.9.9.raucb' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('gone-9.9.9.raucb deleted').waitFor();
    await page.waitForURL(/\/bundles$/);
    expect(await page.getByRole('link', { name: 'gone-9.9.9.raucb' }).count()).toBe(0);
  });

  it('say so when there is no such bundle', async () => {
    const page = await open('/bundles/none.raucb');
    await page.getByText('Bundle not found').waitFor();
  });

  it.each(['/bundles', `/bundles/${fileOf(gateway, '2.4.0')}`])(
    'are fit for all people: %s',
    async (address) => {
      const page = await open(address);
      await page.getByText('trusted').first().waitFor();
      expect(await problemsInLooks(page)).toEqual([]);
    },
  );
});
