import type { Page } from 'playwright-core';
import type { NewTokenJson } from '../../src/contract/token';
import { mustRun } from '../support/programs';
import { cli, entryPoint, startServer } from '../support/server-process';
import { openWindow } from './browser';
import { type DashboardServer, startDashboard } from './dashboard-server';
import { problemsInLooks } from './for-everybody';

let server: DashboardServer;
/** Where the browser goes: the server listens on all addresses, and a test stays on loopback. */
let base: string;

/** Of the one who makes the tokens of the others. */
let firstToken = '';

async function makeToken(name: string, scope: string): Promise<string> {
  const answer = await fetch(`${base}/api/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${firstToken}` },
    body: JSON.stringify({ name, scope }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as NewTokenJson).secret;
}

beforeAll(async () => {
  const seeded = await startDashboard();
  await seeded.stop();
  server = seeded;
  const words = ['token', 'create', 'first', '--scope', 'admin'];
  firstToken = (
    await mustRun(process.execPath, [entryPoint, ...words], { cwd: server.folder })
  ).stdout.trim();
  await start();
});

async function start(port = '0'): Promise<void> {
  const started = await startServer({
    folder: server.folder,
    args: port === '0' ? [] : ['--admin-port', port],
    env: { ADMIN_HOST: '0.0.0.0', ...(server.fleet && { BUNDLE_KEYRING: server.fleet.keyringPath }) },
  });
  server = { ...server, ...started };
  base = `http://127.0.0.1:${new URL(server.adminUrl).port}`;
}

async function openLogin(path = '/', look = {}): Promise<Page> {
  const page = await openWindow(base, look);
  await page.goto(path);
  await page.getByLabel('Admin token').waitFor();
  return page;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Admin token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

describe('a person', () => {
  it('with a wrong token is told so, and types over it', async () => {
    const page = await openLogin();
    // It can be pasted as it stands.
    expect(await page.locator('.command code').innerText()).toBe(
      `node ${entryPoint} token create you --scope admin`,
    );
    await page.getByLabel('Admin token').fill('rst_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).not.toBe('');
    expect(await page.getByLabel('Admin token').inputValue()).toBe('rst_wrong');
    expect(
      await page.getByLabel('Admin token').evaluate((field) => {
        const { selectionStart, selectionEnd } = field as unknown as Record<string, number>;
        return [selectionStart, selectionEnd];
      }),
    ).toEqual([0, 'rst_wrong'.length]);
  });

  it('lands where they wanted to, and the token is kept nowhere', async () => {
    const token = await makeToken('ann', 'admin');
    const page = await openLogin('/events?kind=device.held');
    await signIn(page, token);
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    expect(new URL(page.url()).search).toBe('?kind=device.held');
    const kept =
      'JSON.stringify([localStorage, sessionStorage, location.href, document.cookie, history.state])';
    expect(await page.evaluate(kept)).not.toContain(token);
    expect(await page.content()).not.toContain(token);
    const cookies = await page.context().cookies();
    expect(cookies).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(/^rauc_session_[0-9a-f]{8}$/) as string,
        httpOnly: true,
        sameSite: 'Strict',
      }),
    ]);
    expect(cookies[0]?.value).not.toContain(token);
  });

  it('stays signed in over a reload and a restart of the server, until they sign out', async () => {
    const page = await openLogin('/bundles');
    await signIn(page, await makeToken('bob', 'admin'));
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Bundles' }).waitFor();
    const { port } = new URL(base);
    await server.stop();
    await start(port);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Bundles' }).waitFor();
    await page.getByText('bob', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    await page.reload();
    await page.getByLabel('Admin token').waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('whose token is revoked is asked again, where they are', async () => {
    const page = await openLogin('/events?kind=rollout.');
    await signIn(page, await makeToken('carl', 'admin'));
    await page.locator('.journal-line').first().waitFor();
    await cli(server.folder, 'token', 'revoke', 'carl');
    await page.getByLabel('About').selectOption('Devices');
    await page.getByLabel('Admin token').waitFor();
    expect(new URL(page.url()).pathname).toBe('/events');
    await signIn(page, await makeToken('carla', 'read'));
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    expect(new URL(page.url()).search).toBe('?kind=device.');
  });

  it('whose session ends while they type finds the form as it was', async () => {
    const page = await openLogin('/settings');
    await signIn(page, await makeToken('fay', 'admin'));
    await page.getByRole('button', { name: 'Create a token' }).click();
    const form = page.getByRole('dialog', { name: 'Create a token' });
    await form.getByLabel('Name').fill('ops');
    await form.getByRole('radio', { name: /^publish/ }).check();
    await cli(server.folder, 'token', 'revoke', 'fay');
    // The end of the event stream may have asked already, in front of the form.
    await form.getByRole('button', { name: 'Create the token' }).dispatchEvent('click');
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await again.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await again.getByLabel('Admin token').fill(await makeToken('faye', 'admin'));
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    expect(await form.getByLabel('Name').inputValue()).toBe('ops');
    expect(await form.getByRole('radio', { name: /^publish/ }).isChecked()).toBe(true);
    await form.getByRole('button', { name: 'Create the token' }).click();
    await page.getByRole('heading', { name: 'Token ops' }).waitFor();
  });

  it('whose token is revoked is asked again, also on a page that nobody touches', async () => {
    const page = await openLogin('/bundles');
    await signIn(page, await makeToken('eve', 'admin'));
    await page.getByRole('heading', { level: 1, name: 'Bundles' }).waitFor();
    await cli(server.folder, 'token', 'revoke', 'eve');
    // The stream of events ends with its next sign of life.
    await page.getByLabel('Admin token').waitFor({ timeout: 30_000 });
    expect(new URL(page.url()).pathname).toBe('/bundles');
  });

  it('who revokes the own token is warned, and signed out', async () => {
    const page = await openLogin('/settings');
    await signIn(page, await makeToken('dora', 'admin'));
    await page.getByRole('button', { name: 'Revoke the token dora' }).click();
    await page.getByText('you will be signed out').waitFor();
    await page.getByRole('button', { name: 'Revoke dora' }).click();
    await page.getByLabel('Admin token').waitFor();
  });

  it.each([
    ['publish', ['/bundles', '/devices']],
    ['admin', ['/certificates', '/settings']],
  ])('sees the actions with the scope %s on %p', async (scope, paths) => {
    const page = await openLogin();
    await signIn(page, await makeToken(`may-${scope}`, scope));
    for (const path of paths) {
      await page.goto(path);
      await actionsOf(page).first().waitFor();
    }
  });

  it('sees no actions with the scope read', async () => {
    const page = await openLogin();
    await signIn(page, await makeToken('may-read', 'read'));
    for (const path of ['/bundles', '/devices', '/certificates', '/settings']) {
      await page.goto(path);
      await page.locator('main table, main .options, main .empty').first().waitFor();
      expect([path, await actionsOf(page).allInnerTexts()]).toEqual([path, []]);
    }
  });

  it('who may only read is told why there are no tokens and webhooks', async () => {
    const page = await openLogin('/settings');
    await signIn(page, await makeToken('reader', 'read'));
    await page.getByText('You are signed in with the scope read').waitFor();
    expect(await page.getByRole('region', { name: 'Tokens' }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Webhooks' }).count()).toBe(0);
    await page.getByRole('region', { name: 'About' }).getByText('Node.js').waitFor();
  });
});

/** The buttons that change something on the server. */
function actionsOf(page: Page) {
  const verbs = /\b(Upload|Release|Delete|Hold|Pin|Revoke|Issue|Sign a request|Create|Add|Activate)\b/;
  return page.locator('main').getByRole('button', { name: verbs });
}

describe('the page to sign in', () => {
  it('is fit for all people', async () => {
    const page = await openLogin('/');
    expect(await problemsInLooks(page)).toEqual([]);
  });
});
