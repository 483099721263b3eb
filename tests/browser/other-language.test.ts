import type { Page } from 'playwright-core';
import { cli } from '../support/server-process';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { display, fileOf, gateway, remarkable, sensor } from './demo-fleet';
import { buildPseudoPage, type PseudoPage, speakPseudoIn } from './pseudo-page';

/** Pages and states that `frame.test.ts` does not visit, in a language that nobody speaks. */
let script: string;
let server: DashboardServer;
beforeAll(async () => {
  script = await buildPseudoPage();
  server = await startDashboard();
});

interface Opened {
  readonly page: Page;
  readonly pseudo: PseudoPage;
}

async function open(place: string, base = server.adminUrl, answers: object = {}): Promise<Opened> {
  const page = await openWindow(base);
  const pseudo = await speakPseudoIn(page, script);
  for (const [api, json] of Object.entries(answers))
    await page.route(api, (route) => route.fulfill({ json: json as unknown }));
  await page.goto(place);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('main .loading').first().waitFor({ state: 'detached' });
  return { page, pseudo };
}

const dialogOf = (page: Page) => page.getByRole('dialog');

async function rolloutOf(compatible: string, channel = 'stable'): Promise<string> {
  const response = await fetch(`${server.adminUrl}/api/releases?compatible=${compatible}&channel=${channel}`);
  const { releases } = (await response.json()) as { releases: { id: number }[] };
  return `/rollouts/${releases[0]?.id ?? 0}`;
}

describe('the fleet, in another language', () => {
  it.each([
    '/devices?search=nothing-like-that',
    '/devices?waiting=true',
    '/devices?state=rolled-back',
    '/devices?unknown=yes',
    '/devices/nobody',
    '/bundles/none.raucb',
    `/bundles/${fileOf(sensor, '1.9.0-rc1')}`,
    '/bundles/a/b',
    '/rollouts/99999',
    '/rollouts/abc',
    '/events?since=yesterday',
    '/events?device=nobody',
    '/certificates?search=nobody',
  ])('has no word of this one at %s', async (place) => {
    const { pseudo } = await open(place);
    expect(await pseudo.missed()).toEqual([]);
  });

  it.each(['proven', 'downloading', 'failed'] as const)(
    'has no word of this one at a device that is %s, with every part unfolded',
    async (state) => {
      const { page, pseudo } = await open(`/devices/${server.fleet?.[state] ?? ''}`);
      await page
        .getByRole('button', { name: 'Hold …', includeHidden: true })
        .first()
        .waitFor({ state: 'attached' });
      for (const part of await page.locator('main details:not([open]):not(.menu) > summary').all())
        await part.click();
      expect(await pseudo.missed()).toEqual([]);
    },
  );

  it.each([
    ['paused', display, 'stable'],
    ['under way for a channel', sensor, 'beta'],
    ['complete', sensor, 'stable'],
  ])('has no word of this one at a rollout that is %s', async (_state, compatible, channel) => {
    const { pseudo } = await open(await rolloutOf(compatible, channel));
    expect(await pseudo.missed()).toEqual([]);
  });

  it.each(['Hold …', 'Pin …', 'Add label …', 'Change channel …', 'Remove label …'])(
    'has no word of this one in %s for many devices',
    async (action) => {
      const { page, pseudo } = await open('/devices');
      for (const id of [remarkable.held, remarkable.pinned]) await page.getByLabel(id).check();
      const button = page
        .locator('.selection-bar')
        .getByRole('button', { name: action, includeHidden: true });
      if (!(await button.isVisible())) await page.locator('.selection-bar summary').click();
      expect(await pseudo.missed()).toEqual([]);
      await button.click();
      await dialogOf(page).waitFor();
      expect(await pseudo.missed()).toEqual([]);
    },
  );
});

describe('what is asked before something is done, in another language', () => {
  it.each(['Renew the certificate of gateway-001', 'Download the device kit of gateway-001'])(
    'has no word of this one in %s',
    async (name) => {
      // Soon to expire: only such a certificate can be renewed from the list.
      await cli(server.folder, 'cert', 'device', 'gateway-001', '--force', '--days', '5');
      const { page, pseudo } = await open('/certificates?search=gateway-001');
      await page.getByRole('button', { name }).click();
      await dialogOf(page).waitFor();
      expect(await pseudo.missed()).toEqual([]);
    },
  );

  it('has no word of this one where a release is undone', async () => {
    const answer = await fetch(`${server.adminUrl}/api/releases`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ bundle: fileOf(display, '5.1.0'), compatible: display, channel: 'canary' }),
    });
    expect(answer.status).toBeLessThan(300);
    const { page, pseudo } = await open(await rolloutOf(display, 'canary'));
    await page.getByRole('button', { name: 'Undo the release' }).click();
    await dialogOf(page).waitFor();
    expect(await pseudo.missed()).toEqual([]);
  });

  it('has no word of this one where a token is made, shown once and revoked', async () => {
    const { page, pseudo } = await open('/settings');
    await page.getByRole('button', { name: 'Create a token' }).click();
    await dialogOf(page).getByLabel('Name').fill('ci');
    await page.getByRole('button', { name: 'Create the token' }).click();
    await dialogOf(page).locator('.secret').waitFor();
    expect(await pseudo.missed()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialogOf(page).getByText('You have not copied it yet').waitFor();
    expect(await pseudo.missed()).toEqual([]);
    await page.getByRole('button', { name: 'Close without copying' }).click();
    await page.getByRole('button', { name: 'Revoke the token ci' }).click();
    await dialogOf(page).waitFor();
    expect(await pseudo.missed()).toEqual([]);
  });

  it('has no word of this one in the result for many devices', async () => {
    const reason = {
      ...{ code: 'conflict', message: 'english words', reason: 'pin-for-another-compatible' },
      parameters: {
        bundle_name: fileOf(sensor, '1.8.2'),
        own: sensor,
        id: remarkable.held,
        compatible: gateway,
      },
    };
    const { page, pseudo } = await open('/devices', server.adminUrl, {
      '**/api/devices/actions': { done: [remarkable.pinned], failed: [{ id: remarkable.held, ...reason }] },
    });
    for (const id of [remarkable.held, remarkable.pinned]) await page.getByLabel(id).check();
    await page.locator('.selection-bar').getByRole('button', { name: 'Hold …' }).click();
    await dialogOf(page).getByRole('textbox').fill('-');
    await dialogOf(page).getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('dialog', { name: 'Done for 1 of 2 devices' }).waitFor();
    expect(await pseudo.missed()).toEqual([]);
    expect(await dialogOf(page).innerText()).not.toContain('english');
  });
});

describe('a session, in another language', () => {
  it('has no word of this one where people sign in, nor where they do so again', async () => {
    const closed = await startDashboard({ isSeeded: false, env: { ADMIN_REQUIRE_TOKEN: 'true' } });
    const token = (await cli(closed.folder, 'token', 'create', 'ann', '--scope', 'admin')).stdout.trim();
    const { page, pseudo } = await open('/settings', closed.adminUrl);
    const field = page.getByLabel('Admin token');
    await field.fill('rst_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await pseudo.missed()).toEqual([]);
    await field.fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Create a token' }).click();
    await dialogOf(page).getByLabel('Name').fill('ci');
    await cli(closed.folder, 'token', 'revoke', 'ann');
    await page.getByRole('button', { name: 'Create the token' }).dispatchEvent('click');
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    expect(await pseudo.missed()).toEqual([]);
  });
});

describe('what fails, in another language', () => {
  const now = new Date().toISOString();
  const lastError = {
    last_error: 'english words',
    last_error_code: 'receiver-answered',
    last_error_parameters: { status: 503 },
  };

  it('has no word of this one where a webhook fails, nor where it is deleted', async () => {
    const webhook = {
      ...{ name: 'ops', url: 'https://receiver.test/', kinds: ['token.'], enabled: true, in_order: false },
      ...{ created_at: now, created_by: 'ann', waiting: 1, failing: 1, attempts: 2, next_attempt_at: now },
      ...{ failing_since: now, last_delivered_at: null },
      ...lastError,
    };
    const delivery = {
      ...{ event: 7, kind: 'token.created', at: now, state: 'waiting', attempts: 2, next_attempt_at: now },
      ...{ failing_since: now, ended_at: null },
      ...lastError,
    };
    const { page, pseudo } = await open('/settings', server.adminUrl, {
      '**/api/webhooks': { webhooks: [webhook] },
      '**/api/webhooks/ops/deliveries*': { deliveries: [delivery], next_before: null },
    });
    await page.locator('li.webhook summary').first().click();
    await page
      .getByRole('button', { name: /Send now/ })
      .first()
      .waitFor();
    expect(await pseudo.missed()).toEqual([]);
    expect(await page.locator('.webhook .box').innerText()).toContain('⟦it answered with HTTP 503⟧');
    await page.getByRole('button', { name: 'Delete the webhook' }).click();
    await dialogOf(page).waitFor();
    expect(await pseudo.missed()).toEqual([]);
  });

  it('has no word of this one where a certificate is refused', async () => {
    const certificate = {
      ...{ subject: 'CN=lost-board', serial: '12', issuer: 'CN=ca', fingerprint: '34'.repeat(32) },
      ...{ device: 'lost-board', ours: true, cause: 'expired', reason: 'english words' },
      ...{ reason_code: 'certificate-expired', reason_parameters: { at: now } },
      ...{ remedy: 'english advice', address: '192.0.2.1', count: 2, first_at: now, last_at: now },
    };
    const { page, pseudo } = await open('/certificates', server.adminUrl, {
      '**/api/refused-certificates*': { certificates: [certificate], total: 1 },
    });
    await page.getByText('CN=lost-board').waitFor();
    expect(await pseudo.missed()).toEqual([]);
    expect(await page.getByText('english').count()).toBe(0);
  });
});

describe('a new server, in another language', () => {
  let empty: DashboardServer;
  beforeAll(async () => {
    empty = await startDashboard({ isSeeded: false });
  });

  it.each(['/', '/bundles', '/devices', '/rollouts', '/certificates', '/events', '/settings'])(
    'has no word of this one at %s',
    async (place) => {
      const { page, pseudo } = await open(place, empty.adminUrl);
      for (const part of await page.locator('main details:not([open]):not(.menu) > summary').all())
        await part.click();
      expect(await pseudo.missed()).toEqual([]);
    },
  );
});
