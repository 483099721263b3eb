import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { mustRun } from '../support/programs';
import { cli } from '../support/server-process';
import { openWindow, seriousFindings } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { problemsInLooks } from './for-everybody';

let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboard({ names: ['updates.example.com'] });
  for (const id of ['gateway-001', 'gateway-002', 'sensor-001']) await issue(id);
});

async function issue(id: string, ...options: string[]): Promise<void> {
  const { code, stderr } = await cli(server.folder, 'cert', 'device', id, ...options);
  if (code !== 0) throw new Error(stderr);
}

async function issueByApi(id: string): Promise<void> {
  const answer = await fetch(`${server.adminUrl}/api/certificates`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id }),
  });
  expect(answer.status).toBe(201);
}

async function open(query = '', look = {}): Promise<Page> {
  const page = await openWindow(server.adminUrl, look);
  await page.goto(`/certificates${query}`);
  await page.getByRole('heading', { name: 'Certificate authority' }).waitFor();
  return page;
}

const rowOf = (page: Page, device: string) => page.getByRole('row').filter({ hasText: device });
const dialogOf = (page: Page) => page.getByRole('dialog');
const fingerprintPattern = /[0-9a-f]{64}/;

describe('the certificates', () => {
  it('tells of the CA, of the server, and of each device', async () => {
    const page = await open();
    const ca = page.getByRole('region', { name: 'Certificate authority' });
    expect(await ca.innerText()).toMatch(fingerprintPattern);
    await ca.getByText('on this server').waitFor();
    await page
      .getByRole('region', { name: 'Server certificate' })
      .getByText('localhost', { exact: true })
      .waitFor();
    const row = rowOf(page, 'gateway-001');
    await row.getByText('Valid', { exact: true }).waitFor();
    await row.getByText(/years left/).waitFor();
    await row.getByRole('link', { name: 'gateway-001' }).click();
    await page.waitForURL('**/devices/gateway-001');
  });

  it('holds the search in the address', async () => {
    const page = await open();
    await page.getByLabel('Search').fill('sensor');
    await page.waitForURL('**/certificates?search=sensor');
    await rowOf(page, 'gateway-001').waitFor({ state: 'detached' });
    await page.reload();
    await rowOf(page, 'sensor-001').waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('sensor');
    await page.getByLabel('Search').fill('nobody');
    await page.getByText('No certificate matches').waitFor();
    await page.getByRole('button', { name: 'Show all certificates' }).click();
    await rowOf(page, 'gateway-001').waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('');
  });

  it('says in words what expires soon, and what has to be typed', async () => {
    await issue('short-lived', '--days', '10');
    const old = await readFile(path.join(server.folder, 'certs/server.crt'));
    const key = await readFile(path.join(server.folder, 'certs/server.key'));
    await cli(
      server.folder,
      'cert',
      'server',
      '--name',
      'ota.lan',
      '--ip',
      '192.0.2.7',
      '--days',
      '9',
      '--force',
    );
    const page = await open();
    await rowOf(page, 'short-lived').getByText('expires soon').waitFor();
    await page.getByRole('button', { name: 'Expires' }).click();
    await page.waitForURL('**/certificates?sort=expires');
    await page.locator('tbody tr').first().getByText('short-lived').waitFor();
    await rowOf(page, 'short-lived').getByRole('button', { name: 'Renew' }).waitFor();
    await page.getByText('The server certificate expires in').waitFor();
    const overview = await openWindow(server.adminUrl);
    await overview.goto('/');
    const expiring = overview.locator('.attention', { hasText: 'expires within 30 days' });
    await expiring.getByRole('button', { name: 'Renew' }).click();
    await overview.getByRole('button', { name: 'Renew the certificate of short-lived' }).click();
    const renewing = overview.getByRole('dialog', { name: 'Renew the certificate of short-lived' });
    await renewing.getByRole('button', { name: 'Issue' }).click();
    // It stays when the item is gone.
    await expiring.waitFor({ state: 'detached' });
    await overview
      .getByRole('dialog', { name: /short-lived/ })
      .getByRole('button', { name: 'Close' })
      .last()
      .click();
    await page.getByText(/rauc-simple-server(\.js)? cert server --force$/).waitFor();
    await writeFile(path.join(server.folder, 'certs/server.crt'), old);
    await writeFile(path.join(server.folder, 'certs/server.key'), key);
  });
});

/** A script for the page that makes what a mouse carries. */
const dropOf = (content: string) => `(() => {
  const carried = new DataTransfer();
  carried.items.add(new File([${JSON.stringify(content)}], 'own.csr'));
  return carried;
})()`;

describe('a certificate', () => {
  it('is issued by the keyboard alone, and its kit is downloaded', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Issue a certificate' }).focus();
    await page.keyboard.press('Enter');
    await dialogOf(page).waitFor();
    await page.keyboard.type('board-keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('365');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Certificate of board-keyboard' }).waitFor();
    expect(await dialogOf(page).locator('pre').innerText()).toContain('BEGIN CERTIFICATE');
    expect(await dialogOf(page).innerText()).not.toContain('PRIVATE KEY');
    await dialogOf(page).getByRole('button', { name: 'Download the device kit' }).focus();
    await page.keyboard.press('Enter');

    await page.getByText('this name refers to the device itself').waitFor();
    await page.getByLabel('URL that the device uses').fill('https://updates.example.com:8443');
    await page.getByText('this name refers to the device itself').waitFor({ state: 'detached' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('device-kit-board-keyboard.tar.gz');
    const kit = path.join(server.folder, 'kit.tar.gz');
    await download.saveAs(kit);
    expect((await mustRun('tar', ['-tzf', kit])).stdout).toContain('device-kit-board-keyboard/install.sh');
    await page.getByText('Kit for board-keyboard downloaded').waitFor();
    await rowOf(page, 'board-keyboard').getByText('364 days left').waitFor();
  });

  it('that exists is not replaced by accident, and what was typed stays', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Issue a certificate' }).click();
    await page.getByLabel('Device id').fill('gateway-002');
    await page.getByLabel('Valid for days').fill('30');
    await page.getByRole('button', { name: 'Issue the certificate' }).click();
    await dialogOf(page).getByRole('alert').waitFor();
    expect(await page.getByLabel('Device id').inputValue()).toBe('gateway-002');
    expect(await page.getByLabel('Valid for days').inputValue()).toBe('30');
    await page.getByLabel("Replace the device's current certificate").check();
    await page.getByRole('button', { name: 'Issue the certificate' }).click();
    await page.getByRole('heading', { name: 'Certificate of gateway-002' }).waitFor();
  });

  it('has a kit with the URL of the server; a wrong one is refused and stays', async () => {
    const page = await open('?search=gateway-001');
    await rowOf(page, 'gateway-001').getByRole('button', { name: 'Download the device kit' }).click();
    expect(await page.getByLabel('URL that the device uses').inputValue()).toBe(server.deviceUrl);
    await page.getByLabel('URL that the device uses').fill('http://updates.example.com');
    await page.getByLabel('Install on this compatible only').fill('acme-gateway');
    await page.getByRole('button', { name: 'Download the kit' }).click();
    await dialogOf(page).getByRole('alert').waitFor();
    expect(await page.getByLabel('URL that the device uses').inputValue()).toBe('http://updates.example.com');
    expect(await page.getByLabel('Install on this compatible only').inputValue()).toBe('acme-gateway');
    await page.getByText('SERVER_URL is not set').waitFor();
    await page.getByLabel('URL that the device uses').fill('https://elsewhere.example.com');
    // Said at the field before anything is asked, and by the server after it.
    await dialogOf(page).getByText('does not cover this host').waitFor();
    await page.getByRole('button', { name: 'Download the kit' }).click();
    await dialogOf(page).getByRole('alert').getByText('elsewhere.example.com').first().waitFor();
    await dialogOf(page)
      .getByText(/^node .* cert server --name elsewhere\.example\.com --force$/)
      .waitFor();
  });

  it('is made for a request that is pasted or chosen as a file', async () => {
    const file = path.join(server.folder, 'own.csr');
    const words = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=own-key'];
    const key = path.join(server.folder, 'own.key');
    await mustRun('openssl', ['req', '-new', ...words, '-keyout', key, '-out', file]);
    const page = await open();
    await page.getByRole('button', { name: 'Sign a request' }).click();
    const request = page.getByLabel('Certificate signing request');
    await request.fill('no request');
    await page.getByLabel('Device id').fill('another');
    await page.getByRole('button', { name: 'Sign the request' }).click();
    await dialogOf(page).getByRole('alert').waitFor();
    await page.getByLabel('Or choose or drop its file').setInputFiles(file);
    await eventually(async () => (await request.inputValue()).includes('BEGIN'));
    expect(await page.getByLabel('Device id').inputValue()).toBe('another');
    await page.getByLabel('Device id').fill('');
    await request.fill('');
    // Dropped there it is a request, whose name is the device's, and beside it in the dialog nothing: never a bundle.
    const files = await page.evaluateHandle(dropOf(await readFile(file, 'utf8')));
    await dialogOf(page).locator('.dialog-foot').dispatchEvent('drop', { dataTransfer: files });
    await request.dispatchEvent('drop', { dataTransfer: files });
    await eventually(async () => (await request.inputValue()).includes('BEGIN'));
    expect(await page.getByLabel('Device id').inputValue()).toBe('own-key');
    expect(await page.locator('.tray').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign the request' }).click();
    await page.getByRole('heading', { name: 'Certificate of own-key' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('own-key.crt');
    expect(await readFile(await download.path(), 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  it('is revoked after a warning that names the device', async () => {
    await issue('stolen');
    const page = await open('?search=stolen');
    await rowOf(page, 'stolen')
      .getByRole('button', { name: /^Revoke the certificate/ })
      .click();
    await dialogOf(page).getByText('stolen is refused with this certificate from now on').waitFor();
    await page.getByLabel('Reason').fill('key was copied');
    await page.getByRole('button', { name: 'Revoke it for stolen' }).click();
    await rowOf(page, 'stolen').getByText('Revoked', { exact: true }).waitFor();
    expect(await rowOf(page, 'stolen').getByRole('button').count()).toBe(0);
    const { stdout } = await cli(server.folder, 'cert', 'list', '--json');
    expect(stdout).toContain('revoked');
  });

  it('that a device came with in vain is listed, with what to do', async () => {
    await issue('lost-board');
    await cli(server.folder, 'cert', 'revoke', 'lost-board');
    const file = (name: string) => path.join(server.folder, 'certs', name);
    const pair = ['--cert', file('devices/lost-board.crt'), '--key', file('devices/lost-board.key')];
    const args = ['-sS', '--cacert', file('ca.crt'), ...pair, `${server.deviceUrl}/health`];
    await eventually(async () => (await mustRun('curl', args)).stdout.includes('"cause":"revoked"'));
    const page = await open();
    const row = page
      .getByRole('region', { name: 'Refused since the server started' })
      .getByRole('row')
      .filter({ hasText: 'CN=lost-board' });
    await row.getByText('its certificate is revoked').waitFor();
    await row.getByText('issue it a new certificate').waitFor();
    await row.getByRole('link', { name: 'CN=lost-board' }).click();
    await page.waitForURL('**/devices/lost-board');
    await page.goBack();
    // What mends it is beside the reason, and its serial number leads to what is known of it.
    await row.getByRole('button', { name: 'Renew the certificate of lost-board' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Issue the certificate' }).click();
    await dialog.getByRole('heading', { name: 'Certificate of lost-board' }).waitFor();
    expect(await dialog.getByRole('link', { name: 'Download ca.crt' }).getAttribute('href')).toBe(
      '/api/ca.crt',
    );
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await row.getByRole('link', { name: /^[0-9a-f]+$/ }).click();
    await page.waitForURL(/\/certificates\?search=[0-9a-f]+$/);
    await page.locator('tbody tr').getByText('Revoked', { exact: true }).first().waitFor();
  });

  it('that was issued elsewhere shows as soon as it is known', async () => {
    const page = await open('?search=live-one');
    await issueByApi('live-one');
    await rowOf(page, 'live-one').waitFor();
  });
});

describe('where there is no key of the CA', () => {
  const keyPath = () => path.join(server.folder, 'certs/ca.key');
  beforeAll(() => rename(keyPath(), `${keyPath()}.away`));
  afterAll(() => rename(`${keyPath()}.away`, keyPath()));

  it('says so, with the commands for where it is', async () => {
    const page = await open();
    await page.getByText('The CA key is not on this server').waitFor();
    await page.getByText(/rauc-simple-server(\.js)? cert device board-1$/).waitFor();
    await page.getByText(/rauc-simple-server(\.js)? device kit board-1 --server-url https:/).waitFor();
    expect(await page.getByRole('button', { name: 'Issue a certificate' }).count()).toBe(0);
    expect(
      await rowOf(page, 'gateway-001')
        .getByRole('button', { name: /^Revoke/ })
        .count(),
    ).toBe(1);
  });
});

describe('the page of certificates', () => {
  it('shows a long list page by page, in the address', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => issueByApi(`many-${100 + n}`)));
    const page = await open('?search=many');
    await rowOf(page, 'many-149').waitFor();
    expect(await page.getByRole('button', { name: 'Next' }).count()).toBe(0);
    await issueByApi('many-150');
    await page.getByRole('button', { name: 'Next', disabled: false }).click();
    await page.waitForURL('**/certificates?search=many&after=*');
    await rowOf(page, 'many-150').waitFor();
    await rowOf(page, 'many-100').waitFor({ state: 'detached' });
    await page.reload();
    await rowOf(page, 'many-150').waitFor();
    await page.getByLabel('Search').fill('many-12');
    await page.waitForURL('**/certificates?search=many-12');
    await rowOf(page, 'many-120').waitFor();
  });

  it('begins with the command that makes the first one', async () => {
    const empty = await startDashboard({ isSeeded: false });
    const page = await openWindow(empty.adminUrl);
    await page.goto('/certificates');
    await page.getByText('No device has a certificate yet').waitFor();
    await page.getByText(/rauc-simple-server(\.js)? cert device board-1$/).waitFor();
  });

  it('is fit for all people', async () => {
    const page = await open();
    await rowOf(page, 'gateway-001').waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign a request' }).click();
    expect(await problemsInLooks(page)).toEqual([]);
  });
});

it('a certificate that was issued elsewhere is revoked by its serial, and is in the list from then on', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Revoke another certificate' }).click();
  await dialogOf(page).getByRole('button', { name: 'Revoke it' }).click();
  await dialogOf(page).getByText('Enter either the serial').waitFor();
  await dialogOf(page).getByLabel('Serial').fill('00:AB:12');
  await dialogOf(page).getByLabel('Reason').fill('lost box');
  await dialogOf(page).getByRole('button', { name: 'Revoke it' }).click();
  await dialogOf(page).waitFor({ state: 'detached' });
  const row = page
    .getByRole('region', { name: 'Revoked certificates' })
    .getByRole('row')
    .filter({ hasText: 'ab12' });
  await row.getByText('lost box').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});
