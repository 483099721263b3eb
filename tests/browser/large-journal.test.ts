import path from 'node:path';
import type { Page } from 'playwright-core';
import { fillJournal } from '../support/large-journal';
import { temporaryFolder } from '../support/programs';
import { type ServerProcess, startServer } from '../support/server-process';
import { openServices } from '../support/services';
import { isTooWide, openWindow, seriousFindings } from './browser';

const lines = 210_000;

describe('the journal page on a large journal', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    const dataDir = path.join(folder, 'data');
    const now = () => new Date();
    const opened = await openServices({ dataDir, now });
    await opened.services.manageDevices.create('dev-0', {}, { name: 'local', address: null });
    await opened.close();
    // The newest line is an hour old: nothing of it is due to go.
    fillJournal(dataDir, lines, new Date(Date.now() - lines * 1_000 - 3_600_000));
    server = await startServer({ folder });
  });

  async function open(query: string): Promise<Page> {
    const page = await openWindow(server.adminUrl);
    await page.goto(`/events${query}`);
    return page;
  }
  const linesOf = (page: Page) => page.locator('.journal-line');
  const further = (page: Page) => page.getByRole('button', { name: 'Search further' });

  it('says how far it has searched, and searches further when asked', async () => {
    const page = await open('?bundle=rare.raucb');
    await page.getByText('No matching events found yet').waitFor();
    await page.getByText(/^Searched until .*\d{4}/).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await further(page).click();
    await page.waitForFunction("document.querySelectorAll('.journal-line').length === 0");
    await further(page).click();
    await linesOf(page).filter({ hasText: 'line 0' }).waitFor();
    await page.getByText('No older events match the filters.').waitFor();
    expect(await further(page).count()).toBe(0);
  });

  it('keeps what it found far back when something new happens', async () => {
    const page = await open('?compatible=rare');
    for (let part = 0; part < 2; part += 1) {
      const answered = page.waitForResponse((answer) => answer.url().includes('before='));
      await further(page).click();
      await answered;
    }
    await linesOf(page).filter({ hasText: 'line 0' }).waitFor();
    const refreshed = page.waitForResponse((answer) => answer.url().includes('after='));
    const changed = await fetch(`${server.adminUrl}/api/devices/dev-0`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ notes: 'new' }),
    });
    expect(changed.status).toBe(200);
    await refreshed;
    expect(await linesOf(page).count()).toBe(1);
  });
});
