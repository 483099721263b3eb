import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { deviceOf } from '../support/device-factory';
import { installationOf } from '../support/fleet-factory';
import { originalCertificate } from '../support/original-certificate';
import { temporaryFolder } from '../support/programs';
import { type ServerProcess, startServer } from '../support/server-process';
import { openServices } from '../support/services';
import { SimulatedDevice } from '../support/simulated-device';
import { openWindow, seriousFindings } from './browser';

describe('an item of attention', () => {
  let server: ServerProcess;
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const now = () => new Date();
    const opened = await openServices({ dataDir: path.join(folder, 'data'), now });
    const person = { name: 'local', address: null };
    await opened.services.manageDevices.create('dev-0', {}, person);
    await opened.services.manageDevices.hold('dev-0', 'on a desk', person);
    const boards = ['A', 'B'].map((board) => {
      const facts = { serial: `SN-${board}`, machineId: `m-${board}` };
      return new SimulatedDevice(opened.services, 'shared', { now, facts });
    });
    boards[1]?.boot();
    for (const board of [...boards, ...boards]) await board.poll();
    for (const [index, id] of ['lost-1', 'lost-2'].entries()) {
      const certificates = [{ serial: `a${index}`, firstSeenAt: now(), lastSeenAt: now() }];
      const lost = installationOf({ id: 90 + index, deviceId: id, state: 'lost' });
      const device = deviceOf(id, { lastContactAt: now(), certificates });
      await opened.store.devices.write({ device, installations: [lost] });
    }
    await opened.store.restores.suspect('copy', 'the database was restored from an older copy', null, now());
    await opened.close();
    server = await startServer({ folder });
  });

  it('can be worked on while a notice is over the page: the notice is inside of the dialog as long', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    await page.route('**/api/attention/dismiss', (route) => route.fulfill({ status: 503, body: '{}' }));
    const items = page.locator('.attention');
    await items.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('region', { name: 'Messages' }).getByRole('alert').waitFor();
    await items.filter({ hasText: 'certificate of shared' }).getByRole('button', { name: 'Clear' }).click();
    const dialog = page.getByRole('dialog');
    const notice = dialog.getByRole('region', { name: 'Messages' }).getByRole('alert');
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
    await dialog.getByText('shared').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('region', { name: 'Messages' }).getByRole('alert').count()).toBe(0);
  });

  it('about a certificate on two boards has its revocation beside it', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    await page.getByRole('button', { name: 'Revoke the certificate that shared uses' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke the certificate of shared?' });
    await dialog.getByText('01', { exact: true }).waitFor();
    await dialog.getByLabel('Reason').fill('copied');
    await dialog.getByRole('button', { name: 'Revoke it for shared' }).click();
    await dialog.waitFor({ state: 'detached' });
    const answer = (await (await fetch(`${server.adminUrl}/api/revocations`)).json()) as object;
    expect(answer).toMatchObject({ revocations: [{ device: 'shared', serial: '1', reason: 'copied' }] });
  });

  it('comes first on a server that devices poll: what is open of the first steps is folded away', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    const steps = page.getByRole('region', { name: 'First steps' });
    const summary = steps.getByText('Next: Upload a bundle');
    await summary.waitFor();
    expect(await steps.getByRole('heading', { name: 'Upload a bundle' }).isVisible()).toBe(false);
    await summary.click();
    await steps.getByRole('heading', { name: 'Upload a bundle' }).waitFor();
  });

  it('goes when a person dismisses it, for good, and the others stay', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    const items = page.locator('.attention');
    const restored = items.filter({ hasText: 'restored from an older copy' });
    await restored.getByRole('link').waitFor();
    expect(await items.count()).toBe(4);
    await restored.getByRole('button', { name: 'Dismiss' }).click();
    await restored.waitFor({ state: 'detached' });
    await items.filter({ hasText: '1 device is on hold' }).waitFor();
    expect(await items.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);
    await page.reload();
    await items.filter({ hasText: '1 device is on hold' }).waitFor();
    expect(await items.count()).toBe(3);
  });

  it('about lost devices names them, has the revocation of each, and says what is left to do', async () => {
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    const item = page.locator('.attention').filter({ hasText: 'went silent on 2 devices' });
    const link = item.getByRole('link', { name: 'board (stable): lost-1, lost-2.' });
    expect(await link.getAttribute('href')).toBe('/devices?compatible=board&channel=stable&state=lost');
    const title = 'Revoke certificates of lost devices';
    await item.getByRole('button', { name: title }).focus();
    await page.keyboard.press('Enter');
    const list = page.getByRole('dialog', { name: title });
    await list.getByRole('button', { name: 'Revoke the certificate that lost-1 uses' }).focus();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    const asking = page.getByRole('dialog', { name: 'Revoke the certificate of lost-1?' });
    await asking.getByRole('button', { name: 'Revoke it for lost-1' }).click();
    await page.getByText('The certificate of lost-1 is revoked', { exact: true }).waitFor();
    await item
      .getByRole('link', { name: 'lost-1 is revoked: forget the device if it will not come back' })
      .waitFor();
    await item.getByRole('button', { name: title }).click();
    await list.getByRole('listitem').filter({ hasText: 'lost-1' }).getByText('revoked').waitFor();
    await list.getByRole('button', { name: 'Revoke the certificate that lost-2 uses' }).waitFor();
    expect(await list.getByRole('button', { name: /lost-1/ }).count()).toBe(0);
  });

  it('about an old certificate has its renewal beside it, and goes with it', async () => {
    const certs = path.join(folder, 'certs');
    const { cert } = await originalCertificate(certs, 'old-1');
    await mkdir(path.join(certs, 'devices'), { recursive: true });
    await copyFile(cert, path.join(certs, 'devices', 'old-1.crt'));
    const page = await openWindow(server.adminUrl);
    await page.goto('/');
    const item = page.locator('.attention').filter({ hasText: 'without a stated purpose' });
    const title = 'Renew certificates without a stated purpose';
    await item.getByRole('button', { name: title }).click();
    const list = page.getByRole('dialog', { name: title });
    await list.getByText('no stated purpose').waitFor();
    const listed = await openWindow(server.adminUrl);
    await listed.goto('/certificates?due=old');
    await listed.getByRole('button', { name: 'Renew the certificate of old-1' }).waitFor();
    await list.getByRole('button', { name: 'Renew the certificate of old-1' }).click();
    const renewing = page.getByRole('dialog', { name: 'Renew the certificate of old-1' });
    await renewing.getByRole('button', { name: 'Issue the certificate' }).click();
    await page.getByRole('dialog', { name: 'Certificate of old-1' }).waitFor();
    await item.waitFor({ state: 'detached' });
  });
});
