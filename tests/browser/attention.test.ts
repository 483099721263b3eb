import path from 'node:path';
import { temporaryFolder } from '../support/programs';
import { type ServerProcess, startServer } from '../support/server-process';
import { openServices } from '../support/services';
import { openWindow } from './browser';

describe('an item of attention that can be dismissed', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    const now = () => new Date();
    const opened = await openServices({ dataDir: path.join(folder, 'data'), now });
    const person = { name: 'local', address: null };
    await opened.services.manageDevices.create('dev-0', {}, person);
    await opened.services.manageDevices.hold('dev-0', 'on a desk', person);
    await opened.store.restores.suspect('copy', 'the database was restored from an older copy', null, now());
    await opened.close();
    server = await startServer({ folder });
  });

  it('goes when a person dismisses it, for good, and the others stay', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    const items = page.locator('.attention');
    const restored = items.filter({ hasText: 'restored from an older copy' });
    await restored.getByRole('link').waitFor();
    expect(await items.count()).toBe(2);
    await restored.getByRole('button', { name: 'Dismiss' }).click();
    await restored.waitFor({ state: 'detached' });
    await items.filter({ hasText: '1 device on hold' }).waitFor();
    expect(await items.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);
    await page.reload();
    await items.filter({ hasText: '1 device on hold' }).waitFor();
    expect(await items.count()).toBe(1);
  });
});
