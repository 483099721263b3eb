import type { Page } from 'playwright-core';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { eventually } from '../support/eventually';
import { mustRun } from '../support/programs';
import { SimulatedDevice } from '../support/simulated-device';
import { seriousFindings } from './browser';
import { bundle, type FleetServer, message, openFleet } from './devices-fleet';
import { problemsInLooks } from './for-everybody';
import { readRange } from '../support/device-events';

let fleet: FleetServer;
beforeAll(async () => {
  fleet = await openFleet(20);
});

const dialog = (page: Page) => page.getByRole('dialog');
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** The page of a device, live. */
async function look(id: string): Promise<Page> {
  const page = await fleet.open(`/devices/${id}`);
  await section(page, 'Facts').waitFor();
  await page.locator('.sidebar .live-mark.live').waitFor();
  return page;
}

async function choose(page: Page, action: string): Promise<void> {
  const button = page.locator('.page-head').getByRole('button', { name: action, exact: true });
  if (!(await button.isVisible())) await page.getByLabel('More actions').click();
  await button.click();
}

async function undo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await message(page, 'Undone').waitFor();
}

describe('what the page of a device shows', () => {
  it('names what it is and what it says of itself', async () => {
    const page = await look('board-01');
    const facts = section(page, 'Facts');
    for (const words of [
      '0.9.0',
      'board',
      'SN-board-01',
      '7'.repeat(32),
      'board-01-boot-1',
      '127.0.0.1',
      'h2',
    ])
      await facts.getByText(words, { exact: true }).waitFor();
    await facts.getByText('graz').waitFor();
    await section(page, 'Certificates seen').first().getByText('01', { exact: true }).waitFor();
    expect(await page.title()).toBe('board-01 · RAUC Simple Server');
  });

  it('explains by every rule what it gets, once when both protocols say the same', async () => {
    const page = await look('board-01');
    const why = section(page, 'What it gets, and why');
    await why.getByRole('link', { name: bundle }).waitFor();
    expect(await why.locator('.rules').count()).toBe(1);
    expect(await why.locator('.rule').first().isVisible()).toBe(false);
    await why.getByText('Why?').click();
    await why.locator('.rule').first().waitFor();
    await why.getByText(/^Not checked: .*Standing offer/).waitFor();
    expect(await why.locator('.rule.failed').count()).toBe(0);
    await fleet.admin.http.post('/api/devices/board-01/hold').send({ reason: 'lab' }).expect(200);
    await why.getByText('It gets nothing: held by local: lab').waitFor();
    await why.locator('.rule.failed', { hasText: 'Not held' }).getByText('failed').waitFor();
  });

  it('shows both protocols where they differ', async () => {
    const page = await fleet.open('/devices/board-02');
    await page.route('**/explain', async (route) => {
      const answer = (await (await route.fetch()).json()) as {
        answers: { protocol: string; rules: { rule: string; passed: boolean; message: string }[] }[];
      };
      const message = 'it is in plain format';
      const answers = answer.answers.map((one) => {
        if (one.protocol !== 'polling') return one;
        const rules = one.rules.map((rule) =>
          rule.rule === 'streamable' ? { ...rule, passed: false, message } : rule,
        );
        return { protocol: 'polling', offered: null, reason: 'plain-not-streamable', message, rules };
      });
      await route.fulfill({ json: { ...answer, answers } });
    });
    await page.reload();
    const why = section(page, 'What it gets, and why');
    await why.getByRole('heading', { name: "RAUC's own polling" }).waitFor();
    await why.getByRole('heading', { name: 'Scripts that read the manifest' }).waitFor();
    expect(await why.locator('.rule.failed').count()).toBe(1);
  });

  it('says on which terms it is pinned, when they let it install, and what to do', async () => {
    const { manageDevices } = fleet.admin.opened.services;
    const script = { name: 'script', address: null };
    const window = { schedule: '0 0 2 1 1 ?', duration: '01:00:00', timezone: '+00:00' };
    await manageDevices.pin('board-17', bundle, script);
    const page = await look('board-17');
    const pinned = page.locator('main .box.info');
    await pinned.getByText(`Pinned to ${bundle} by script, regardless of its channel.`).waitFor();
    expect(await pinned.locator('p').count()).toBe(1);
    await manageDevices.pin('board-17', bundle, script, { kind: 'downloadonly', window });
    await pinned
      .getByText(/^Download only: .* To have it installed, unpin the device and pin it again\.$/)
      .waitFor();
    await pinned
      .getByText(/^Its maintenance window \(0 0 2 1 1 \?, 01:00:00, \+00:00\) opens next on 1 Jan /)
      .waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await manageDevices.pin('board-17', bundle, script, {
      kind: 'soft',
      forcedAt: new Date('2999-01-01T12:00:00Z'),
      window: null,
    });
    await pinned.getByText(/^Soft until 1 Jan 2999, .* To have it installed at once, unpin/).waitFor();
    await manageDevices.pin('board-17', bundle, script, { kind: 'soft', window: null });
    await pinned.getByText(/^Soft: the device decides when to install it\./).waitFor();
  });

  it('follows an installation from the offer to the proof', async () => {
    const page = await look('board-03');
    const steps = section(page, 'Latest installation');
    const now = steps.locator('[aria-current=step]');
    await now.getByText('offered').waitFor();
    const device = fleet.device('board-03');
    await device.begin('t-1');
    const { services } = fleet.admin.opened;
    const { bundle: stored } = services.listBundles.get(bundle);
    const half = Math.floor(stored.sizeBytes / 2);
    readRange(services, device.identity, stored, { start: 0, end: 1_000 }, half);
    await services.runHousekeeping();
    await page.reload();
    await now.getByText('downloading').waitFor();
    await now.getByRole('progressbar').waitFor();
    await now.getByText(/(49|50)\s% · .* of /).waitFor();
    await device.report('installed', { transactionId: 't-1' });
    await now.getByText('installed').waitFor();
    device.boot('1.0.0');
    await device.poll();
    await page.locator('.page-head').getByText('Up to date', { exact: true }).waitFor();
    await section(page, 'What it gets, and why').getByText('Up to date', { exact: true }).waitFor();
    await steps.locator('.step.good', { hasText: 'proven' }).waitFor();
    await section(page, 'Timeline').getByText('saved').waitFor();
  });

  it('says so when it has sent more than the bundle has', async () => {
    const device = fleet.device('board-16');
    await device.begin('t-16');
    const { services } = fleet.admin.opened;
    const { bundle: stored } = services.listBundles.get(bundle);
    for (let times = 0; times < 2; times += 1)
      readRange(services, device.identity, stored, { start: 0, end: stored.sizeBytes - 1 }, stored.sizeBytes);
    await services.runHousekeeping();
    const page = await look('board-16');
    const steps = section(page, 'Latest installation');
    await steps.getByText(/ sent, some of it more than once; the bundle has /).waitFor();
  });

  it('tells how an installation failed, with its log when it is asked for', async () => {
    await fleet.device('board-04').poll('t-4');
    await fleet
      .device('board-04')
      .report('failed', { transactionId: 't-4', log: 'rauc: no space left\n<b>on slot 1</b>' });
    const page = await look('board-04');
    await section(page, 'Latest installation').locator('.step.bad', { hasText: 'failed' }).waitFor();
    const entry = section(page, 'Timeline').getByRole('article', { name: bundle });
    await entry.getByText('0.9.0 → 1.0.0').waitFor();
    expect(await page.locator('pre').count()).toBe(0);
    await entry.getByRole('button', { name: 'Show the log' }).click();
    expect(await entry.locator('pre').textContent()).toBe('rauc: no space left\n<b>on slot 1</b>');
    await entry.getByRole('button', { name: 'Copy' }).waitFor();
  });

  it('goes back through what happened, and stays complete when something new happens', async () => {
    for (let n = 0; n < 60; n += 1)
      await fleet.admin.http
        .patch('/api/devices/board-05')
        .send({ notes: `note ${n}` })
        .expect(200);
    const page = await look('board-05');
    const lines = section(page, 'Timeline').locator('.event-line');
    await lines.first().waitFor();
    expect(await lines.count()).toBe(50);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await section(page, 'Timeline').getByText('made its first contact').waitFor();
    const count = await lines.count();
    expect(count).toBeGreaterThan(61);
    await fleet.admin.http.post('/api/devices/board-05/hold').send({ reason: 'now' }).expect(200);
    await section(page, 'Timeline').getByText('board-05 is held: now').waitFor();
    expect(await lines.count()).toBe(count + 1);
  });

  it('says what to do about an id that nobody knows', async () => {
    const page = await fleet.open('/devices/nobody');
    await page.getByText('There is no device nobody').waitFor();
    await page.getByText('rauc-simple-server device kit nobody').waitFor();
    await page.getByRole('link', { name: 'Search for nobody' }).click();
    await page.waitForURL(/\/devices\?search=nobody/);
  });

  it('is for everybody', async () => {
    const page = await fleet.open('/devices/board-04', { reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Show the log' }).click();
    await page.locator('pre').waitFor();
    await section(page, 'What it gets, and why').getByText('Why?').click();
    await section(page, 'What it gets, and why').locator('.rule').first().waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await choose(page, 'Forget …');
    expect(await problemsInLooks(page)).toEqual([]);
  });
});

describe('what one can do to a device', () => {
  it('holds with a reason, undoes it, and lifts a hold', async () => {
    const page = await look('board-06');
    await choose(page, 'Hold …');
    await dialog(page).getByLabel('Reason (optional)').fill('field trial');
    await dialog(page).getByRole('button', { name: 'Hold' }).click();
    await page.getByText('Held by local: field trial', { exact: true }).waitFor();
    expect((await fleet.known('board-06')).hold).toMatchObject({ reason: 'field trial' });
    await undo(page);
    expect((await fleet.known('board-06')).hold).toBeNull();
    await fleet.admin.http.post('/api/devices/board-06/hold').send({ reason: 'x' }).expect(200);
    await choose(page, 'Lift hold');
    await eventually(async () => (await fleet.known('board-06')).hold === null);
  });

  it('pins, undoes it, and unpins', async () => {
    const page = await look('board-07');
    await choose(page, 'Pin …');
    await dialog(page).getByLabel('Bundle').selectOption(bundle);
    await dialog(page).getByRole('button', { name: 'Pin' }).click();
    await page.getByText(`Pinned to ${bundle} by local`).waitFor();
    await undo(page);
    expect((await fleet.known('board-07')).pin).toBeNull();
    await fleet.admin.http.post('/api/devices/board-07/pin').send({ bundle }).expect(200);
    await choose(page, 'Unpin');
    await eventually(async () => (await fleet.known('board-07')).pin === null);
  });

  it('adds labels by typing and removes them by a click; a refusal keeps what was typed', async () => {
    const page = await look('board-08');
    const field = page.getByLabel('Add a label');
    await field.fill('two words');
    await field.press('Enter');
    await page.getByText(/"two words" is not the name of a label/).waitFor();
    expect(await field.inputValue()).toBe('two words');
    await field.fill('lab');
    await field.press('Enter');
    await page.getByRole('button', { name: 'Remove the label lab' }).waitFor();
    expect((await fleet.known('board-08')).labels).toEqual(['lab']);
    expect(await field.inputValue()).toBe('');
    await field.pressSequentially('ea');
    await page.getByRole('button', { name: 'Remove the label lab' }).click();
    await message(page, 'Label lab removed').waitFor();
    expect((await fleet.known('board-08')).labels).toEqual([]);
    expect(await field.inputValue()).toBe('ea');
    await undo(page);
    expect((await fleet.known('board-08')).labels).toEqual(['lab']);
  });

  it('puts a label back that the server would not remove', async () => {
    await fleet.admin.http
      .patch('/api/devices/board-09')
      .send({ labels: ['lab'] })
      .expect(200);
    const page = await look('board-09');
    await page.route('**/api/devices/board-09', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    );
    await page.getByRole('button', { name: 'Remove the label lab' }).click();
    await message(page, 'The server does not answer').waitFor();
    await page.getByRole('button', { name: 'Remove the label lab' }).waitFor();
  });

  it('changes the channel and the notes; what one types outlives news from the server', async () => {
    const page = await look('board-10');
    await choose(page, 'Change channel …');
    await dialog(page).getByLabel('Channel').fill('beta');
    await dialog(page).getByRole('button', { name: 'Change channel' }).click();
    await section(page, 'Facts').getByText('beta').waitFor();
    await undo(page);
    expect((await fleet.known('board-10')).channel).toBe('stable');
    await choose(page, 'Edit notes …');
    await dialog(page).getByLabel('Notes').fill('behind the door');
    await fleet.admin.http.patch('/api/devices/board-10').send({ notes: 'from elsewhere' }).expect(200);
    await page.locator('.device-notes', { hasText: 'from elsewhere' }).waitFor({ state: 'attached' });
    expect(await dialog(page).getByLabel('Notes').inputValue()).toBe('behind the door');
    await dialog(page).getByRole('button', { name: 'Save notes' }).click();
    await page.locator('.device-notes', { hasText: 'behind the door' }).waitFor();
    expect((await fleet.known('board-10')).notes).toBe('behind the door');
  });

  it('calls an installation off, and lets the bundle be tried again', async () => {
    const page = await look('board-11');
    await choose(page, 'Cancel installation …');
    await dialog(page)
      .getByText(/not offered to it again/)
      .waitFor();
    await dialog(page).getByRole('button', { name: 'Cancel installation' }).click();
    await page.locator('.page-head').getByText('cancelled').waitFor();
    expect(await fleet.device('board-11').offered()).toBe('cancelled');
    await choose(page, 'Clear failures');
    await message(page, 'board-11 may try again').waitFor();
    expect(await fleet.device('board-11').offered()).toBe(bundle);
  });

  it('says why the server refused', async () => {
    const page = await look('board-12');
    await choose(page, 'Cancel installation …');
    await fleet.device('board-12').report('failed');
    await dialog(page).getByRole('button', { name: 'Cancel installation' }).click();
    await dialog(page).getByText('board-12 has no installation to cancel').waitFor();
    expect(await page.locator('.notice.good').count()).toBe(0);
    await page.keyboard.press('Escape');
    await section(page, 'Latest installation').getByRole('button', { name: 'Clear', exact: true }).click();
    await message(page, 'board-12 may try again').waitFor();
    expect(await fleet.device('board-12').offered()).toBe(bundle);
  });

  it('forgets, after it has named what is lost', async () => {
    await fleet.admin.http
      .patch('/api/devices/board-13')
      .send({ labels: ['lab'], notes: 'x' })
      .expect(200);
    const page = await look('board-13');
    await choose(page, 'Forget …');
    await dialog(page).getByText('its labels: lab').waitFor();
    await dialog(page).getByText('its installations with their logs').waitFor();
    await dialog(page).getByText('its notes').waitFor();
    await dialog(page).getByRole('button', { name: 'Forget device' }).click();
    await message(page, 'board-13 is forgotten').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
    await fleet.admin.http.get('/api/devices/board-13').expect(404);
  });

  it('gives a device kit, or says why it cannot', async () => {
    const page = await look('board-14');
    await choose(page, 'Device kit …');
    await dialog(page).getByLabel('URL that the device uses').fill('https://updates.test:8443');
    await dialog(page).getByText('SERVER_URL is not set').waitFor();
    await dialog(page).getByRole('button', { name: 'Download' }).click();
    await dialog(page).getByRole('alert').waitFor(); // there is no CA yet
    await dialog(page).getByText('rauc-simple-server device kit board-14').waitFor();
    expect(await dialog(page).getByLabel('URL that the device uses').inputValue()).toBe(
      'https://updates.test:8443',
    );
    const certificates = openCertificateFolder(fleet.admin.certsDir, { now: () => new Date() });
    await certificates.createCa({});
    await certificates.createServer({ names: ['updates.test'], ips: [] });
    const warning = dialog(page).getByText('RAUC calls its own polling a preview');
    expect(await warning.count()).toBe(0);
    await dialog(page).getByLabel('RAUC polls the server itself').check();
    await warning.waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog(page).getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('device-kit-board-14.tar.gz');
    const { stdout } = await mustRun('tar', ['-tzf', await download.path()]);
    expect(stdout).toContain('device-kit-board-14/install.sh');
    const conf = 'device-kit-board-14/root/etc/rauc/update/server.conf';
    const server = await mustRun('tar', ['-xzOf', await download.path(), conf]);
    expect(server.stdout).toContain('\npolling=native\n');
    await message(page, 'Kit for board-14 downloaded').waitFor();
  });

  it('gives it a token for hawkBit, and shows, replaces and removes it', async () => {
    const page = await look('board-15');
    const token = section(page, 'hawkBit token');
    expect(await token.count()).toBe(0);
    await choose(page, 'Create a hawkBit token …');
    await dialog(page).getByText('board-15 can then connect to HAWKBIT_PORT').waitFor();
    await dialog(page).getByRole('button', { name: 'Create the token' }).click();
    const first = await dialog(page).locator('.secret').innerText();
    await dialog(page).getByText('it is auth_token').waitFor();
    await page.keyboard.press('Escape');
    await token.getByText('by local').waitFor();
    expect(await page.content()).not.toContain(first);
    await token.getByRole('button', { name: 'Show the token of board-15' }).click();
    expect(await dialog(page).locator('.secret').innerText()).toBe(first);
    await page.keyboard.press('Escape');
    await token.getByRole('button', { name: 'Rotate the token of board-15' }).click();
    await dialog(page).getByRole('button', { name: 'Rotate the token' }).click();
    const second = await dialog(page).locator('.secret').innerText();
    await page.keyboard.press('Escape');
    await token.getByText('valid until').waitFor();
    const { deviceTokens } = fleet.admin.opened.services;
    const holder = { kind: 'device', id: 'board-15' } as const;
    expect(await deviceTokens.check(holder, second)).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    await token.getByRole('button', { name: 'Remove the token of board-15' }).click();
    await dialog(page).getByRole('button', { name: 'Remove the token' }).click();
    await message(page, 'The token of board-15 is removed').waitFor();
    await token.waitFor({ state: 'detached' });
    expect(await deviceTokens.check(holder, second)).toBe(false);
  });

  it('revokes a certificate that it came with, whoever made it, and says that it is refused', async () => {
    await openCertificateFolder(fleet.admin.certsDir, { now: () => new Date() }).createCa({ force: true });
    const { services } = fleet.admin.opened;
    const now = () => new Date();
    await new SimulatedDevice(services, 'far-1', { now, certificateSerial: 'c0ffee' }).poll();
    const page = await look('far-1');
    const seen = section(page, 'Certificates seen');
    await seen.getByRole('button', { name: 'Revoke' }).click();
    await dialog(page).getByLabel('Reason').fill('stolen');
    await dialog(page).getByRole('button', { name: 'Revoke it for far-1' }).click();
    await message(page, 'The certificate of far-1 is revoked').waitFor();
    await seen.getByText('Revoked', { exact: true }).waitFor();
    await page.getByText('used last is revoked, so the device is refused').waitFor();
    expect(await seen.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('admits one that waits', async () => {
    const strict = await openFleet(0, { fleetRules: { newDevices: 'waiting' } });
    await strict.device('stranger').poll();
    const page = await strict.open('/devices/stranger');
    await page.getByText('It gets nothing: the device is new and waiting for admission').waitFor();
    expect(await page.locator('main .box').count()).toBe(0);
    await choose(page, 'Admit');
    await message(page, 'stranger is admitted').waitFor();
    expect((await strict.known('stranger')).admission).toBe('admitted');
    expect(await page.getByRole('button', { name: 'Admit' }).count()).toBe(0);
  });
});
