import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { problemsInLooks } from './for-everybody';

let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboard({
    env: { LOG_LEVEL: 'error', ADMIN_TOKEN: 'not-to-be-shown-to-anyone', WEBHOOK_ALLOW_LOCAL: 'true' },
  });
});

async function open(look = {}): Promise<Page> {
  const page = await openWindow(server.adminUrl, look);
  await page.goto('/settings');
  await page.getByRole('region', { name: 'About' }).getByText('Node.js').waitFor();
  return page;
}

async function api(path: string, body: object): Promise<void> {
  const answer = await fetch(`${server.adminUrl}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
}

const dialogOf = (page: Page) => page.getByRole('dialog');
const status = (page: Page, words: string | RegExp) => page.locator('.notice').filter({ hasText: words });

const focused = (page: Page) => page.evaluate('document.activeElement.textContent.trim()');

describe('tokens', () => {
  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  it('are made by the keyboard alone, and shown once', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Create a token' }).focus();
    await page.keyboard.press('Enter');
    await dialogOf(page).waitFor();
    await page.keyboard.type('ci');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Token ci' }).waitFor();
    const secret = await dialogOf(page).locator('.secret').innerText();
    const answer = await fetch(`${server.adminUrl}/api/session`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    expect(await answer.json()).toMatchObject({ name: 'ci', scopes: ['read', 'publish'] });
    // It is not lost by a slip: neither by Escape, however often, nor by a click beside it.
    for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await dialogOf(page).getByText('You have not copied it yet').waitFor();
    expect(await dialogOf(page).locator('.secret').innerText()).toBe(secret);
    await page.getByRole('button', { name: 'Close without copying' }).focus();
    await page.keyboard.press('Enter');
    await rowOf(page, 'ci').getByText('publish', { exact: true }).waitFor();
    expect(await focused(page)).toBe('Create a token');
    expect(await page.content()).not.toContain(secret);
    expect(
      await page.evaluate('JSON.stringify([localStorage, sessionStorage, location.href])'),
    ).not.toContain(secret);
  });

  it('with a name in use are refused in words, and what was typed stays', async () => {
    await api('/api/tokens', { name: 'twice', scope: 'read' });
    const page = await open();
    await page.getByRole('button', { name: 'Create a token' }).click();
    await dialogOf(page).getByLabel('Name').fill('twice');
    await page.getByLabel('admin').check();
    await page.getByRole('button', { name: 'Create the token' }).click();
    await dialogOf(page).getByRole('alert').waitFor();
    expect(await dialogOf(page).getByLabel('Name').inputValue()).toBe('twice');
    expect(await page.getByLabel('admin').isChecked()).toBe(true);
  });

  it('are revoked after a warning of what stops', async () => {
    await api('/api/tokens', { name: 'leaver', scope: 'admin' });
    const page = await open();
    await page.getByRole('button', { name: 'Revoke the token leaver' }).click();
    await dialogOf(page).getByText('Everything that uses leaver is refused from then on').waitFor();
    await page.getByRole('button', { name: 'Revoke leaver' }).click();
    await rowOf(page, 'leaver').getByText('Revoked', { exact: true }).waitFor();
    expect(await rowOf(page, 'leaver').getByRole('button').count()).toBe(0);
  });

  it('that others make show by themselves', async () => {
    const page = await open();
    await api('/api/tokens', { name: 'from-elsewhere', scope: 'read' });
    await rowOf(page, 'from-elsewhere').waitFor();
  });
});

describe('the gateway token', () => {
  const gateway = (page: Page) => page.getByRole('region', { name: 'hawkBit gateway token' });
  const shown = (page: Page) => dialogOf(page).locator('.secret');

  it('is made by the keyboard alone, shown when asked, rotated and removed', async () => {
    const page = await open();
    await gateway(page).getByText('HAWKBIT_PORT is not set').waitFor();
    await gateway(page).getByRole('button', { name: 'Create a gateway token' }).focus();
    await page.keyboard.press('Enter');
    await dialogOf(page).getByText('Anyone who has this token can act as any device').waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await dialogOf(page).getByRole('button', { name: 'Create the token' }).focus();
    await page.keyboard.press('Enter');
    const first = await shown(page).innerText();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    await dialogOf(page).getByText('it is gateway_token').waitFor();
    await page.keyboard.press('Escape');
    await gateway(page).getByText('by local').waitFor();
    expect(await page.content()).not.toContain(first);
    await gateway(page).getByRole('button', { name: 'Show the gateway token' }).click();
    expect(await shown(page).innerText()).toBe(first);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Show');
    await gateway(page).getByRole('button', { name: 'Rotate the gateway token' }).click();
    await dialogOf(page).getByLabel('The old token stays valid').selectOption('for a day');
    await dialogOf(page).getByRole('button', { name: 'Rotate the token' }).click();
    await shown(page).waitFor();
    expect(await shown(page).innerText()).not.toBe(first);
    await page.keyboard.press('Escape');
    await gateway(page).getByText('valid until').waitFor();
    expect(await problemsInLooks(page)).toEqual([]);
    await gateway(page).getByRole('button', { name: 'Remove the gateway token' }).click();
    await dialogOf(page).getByText('Every device that uses it is refused at once').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Remove the token' }).click();
    await status(page, 'The gateway token is removed').waitFor();
    await gateway(page).getByText('No gateway token').waitFor();
  });
});

describe('webhooks', () => {
  let receiver: Server;
  let url: string;
  let answerWith = 200;
  const received: IncomingMessage[] = [];
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      received.push(request);
      request.resume().on('end', () => response.writeHead(answerWith).end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  beforeEach(() => {
    answerWith = 200;
    received.length = 0;
  });
  afterAll(() => new Promise((resolve) => receiver.close(resolve)));

  const hookOf = (page: Page, name: string): Locator =>
    page.getByRole('region', { name: 'Webhooks' }).locator(`li.webhook[aria-label="${name}"]`);

  it('are made with chosen events, and show their secret once', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Create a webhook' }).click();
    await dialogOf(page).getByLabel('Name').fill('ops');
    await dialogOf(page).getByLabel('URL').fill('ftp://nowhere');
    await dialogOf(page).getByLabel('Only some').check();
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await dialogOf(page).getByText('Choose at least one kind of event').waitFor();
    await dialogOf(page).getByLabel('All about rollouts').check();
    await dialogOf(page).getByRole('group', { name: 'Installations' }).getByLabel('failed').check();
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await dialogOf(page).getByText('not the URL of a webhook').waitFor();
    expect(await dialogOf(page).getByLabel('Name').inputValue()).toBe('ops');
    expect(await dialogOf(page).getByLabel('All about rollouts').isChecked()).toBe(true);
    await dialogOf(page).getByLabel('URL').fill(url);
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByRole('heading', { name: 'Webhook ops' }).waitFor();
    const secret = await dialogOf(page).locator('.secret').innerText();
    expect(secret).toMatch(/^whsec_/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialogOf(page).getByRole('button', { name: 'Copy' }).click();
    await dialogOf(page).locator('footer').getByRole('button', { name: 'Close' }).click();
    await hookOf(page, 'ops').getByText('All about rollouts').waitFor();
    await hookOf(page, 'ops').getByText('Installations: failed').waitFor();
    await hookOf(page, 'ops').getByText('On', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('tell in words how a test went', async () => {
    await api('/api/webhooks', { name: 'tested', url, kinds: [] });
    const page = await open();
    await page.getByRole('button', { name: 'Send a test to tested' }).click();
    await status(page, 'The receiver of tested accepted the test').waitFor();
    expect(received).not.toHaveLength(0);
    answerWith = 500;
    await page.getByRole('button', { name: 'Send a test to tested' }).click();
    await page.getByRole('alert').filter({ hasText: '500' }).waitFor();
  });

  it('are turned off, and on again by undo', async () => {
    await api('/api/webhooks', { name: 'switched', url, kinds: ['rollout.'] });
    const page = await open();
    await page.getByRole('button', { name: 'Turn off the webhook switched' }).click();
    await hookOf(page, 'switched').getByText('Off', { exact: true }).waitFor();
    await status(page, 'Webhook switched is off').getByRole('button', { name: 'Undo' }).click();
    await hookOf(page, 'switched').getByText('On', { exact: true }).waitFor();
  });

  it('that fail say why, since when, and when it is tried again', async () => {
    answerWith = 503;
    await api('/api/webhooks', { name: 'broken-one', url, kinds: ['token.'] });
    await api('/api/tokens', { name: 'tells-the-webhook', scope: 'read' });
    await eventually(async () =>
      (await (await fetch(`${server.adminUrl}/api/webhooks`)).text()).includes('503'),
    );
    const page = await open();
    const hook = hookOf(page, 'broken-one');
    await hook.getByText('Failing', { exact: true }).waitFor();
    await hook.getByText('503').waitFor();
    for (const fact of ['Failing since', 'Next attempt']) await hook.getByText(fact).waitFor();
  });

  it('show what waits and why, send it when asked, and keep the order when told to', async () => {
    answerWith = 503;
    await api('/api/webhooks', { name: 'late', url, kinds: ['token.created'] });
    await api('/api/tokens', { name: 'comes-late', scope: 'read' });
    const deliveries = async () => (await fetch(`${server.adminUrl}/api/webhooks/late/deliveries`)).text();
    await eventually(async () => (await deliveries()).includes('503'));
    const page = await open();
    const hook = hookOf(page, 'late');
    await hook.getByText('Waiting and given up').click();
    const row = hook.getByRole('row').filter({ hasText: 'Tokens: created' });
    for (const words of ['Retrying', /503/]) await row.getByText(words).waitFor();
    await row.getByRole('button', { name: /^Send now/ }).click();
    await status(page, /Event \d+ is being sent/).waitFor();
    answerWith = 200;
    await eventually(async () => (await deliveries()).includes('"delivered"'));
    await hook.getByLabel('In order').check();
    await status(page, 'late receives its events in order').waitFor();
  });

  it('are deleted after a warning that names where they send', async () => {
    await api('/api/webhooks', { name: 'gone', url, kinds: [] });
    const page = await open();
    await page.getByRole('button', { name: 'Delete the webhook gone' }).click();
    await dialogOf(page).getByText(`Nothing more is sent to ${url}`).waitFor();
    await page.getByRole('button', { name: 'Delete gone' }).click();
    await hookOf(page, 'gone').waitFor({ state: 'detached' });
  });
});

describe('the configuration', () => {
  const optionsOf = (page: Page) =>
    page.getByRole('region', { name: 'Configuration' }).locator('.options > li');

  it('says what counts and where it comes from, and shows no secret', async () => {
    const page = await open();
    const option = optionsOf(page).filter({ hasText: 'LOG_LEVEL' });
    await option.getByText('error', { exact: true }).waitFor();
    await option.getByText('from the environment').waitFor();
    expect(await page.content()).not.toContain('not-to-be-shown-to-anyone');
  });

  it('is searched, and narrowed to what differs from the default', async () => {
    const page = await open();
    const all = await optionsOf(page).count();
    await page.getByLabel('Only options that differ').check();
    const different = await optionsOf(page).count();
    expect(different).toBeGreaterThan(0);
    expect(different).toBeLessThan(all);
    await page.getByLabel('Find an option').fill('log_level');
    await page.waitForURL('**/settings?set=true&option=log_level');
    expect(await optionsOf(page).count()).toBe(1);
    await page.reload();
    await optionsOf(page).first().waitFor();
    expect(await optionsOf(page).count()).toBe(1);
  });
});

describe('the page of settings', () => {
  it('tells what runs here, and how much room is left', async () => {
    const page = await open();
    const about = page.getByRole('region', { name: 'About' });
    await about.getByText(process.version.replace('v', '')).first().waitFor();
    await about.getByText(server.deviceUrl.replace(/^.*:/, ''), { exact: false }).first().waitFor();
    await about.getByRole('img', { name: /Bundles: .*iB, Database: .*iB, Free: .*iB/ }).waitFor();
  });

  it('leads to its sections, also from elsewhere', async () => {
    const page = await open({ height: 400 });
    await page.getByRole('link', { name: 'About' }).click();
    await page.waitForURL('**/settings#about');
    const isSeen = () =>
      page.getByRole('heading', { name: 'About' }).evaluate((h) => {
        const { top, bottom } = (
          h as unknown as { getBoundingClientRect(): { top: number; bottom: number } }
        ).getBoundingClientRect();
        return top >= 0 && bottom <= 400;
      });
    expect(await isSeen()).toBe(true);
    await page.goto('/');
    await page.goto('/settings#about');
    await page.getByText('Node.js').waitFor();
    expect(await isSeen()).toBe(true);
  });

  it('is fit for all people', async () => {
    const page = await open();
    expect(await problemsInLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create a webhook' }).click();
    await page.getByLabel('Only some').check();
    expect(await problemsInLooks(page)).toEqual([]);
  });
});
