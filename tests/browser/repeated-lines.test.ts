import path from 'node:path';
import Sqlite from 'libsql';
import { openWindow } from './browser';
import { startDashboard } from './dashboard-server';
import { remarkable } from './demo-fleet';

it('a line that stands for many says how many and since when, in the journal and in the timeline of its device', async () => {
  const server = await startDashboard();
  const device = remarkable.held;
  const database = new Sqlite(path.join(server.folder, 'data', 'server.db'));
  database
    .prepare(
      `INSERT INTO events (at, kind, actor, message, device, count, first_at)
       VALUES (?, 'device.booted', ?, ?, ?, 3600, ?)`,
    )
    .run([
      new Date().toISOString(),
      `device:${device}`,
      `${device} has booted`,
      device,
      new Date(Date.now() - 3_600_000).toISOString(),
    ]);
  database.close();
  const page = await openWindow(server.adminUrl);
  for (const address of [`/events?device=${device}&kind=device.booted`, `/devices/${device}`]) {
    await page.goto(address);
    const line = page.locator('.journal-line, .event-line').filter({ hasText: '3,600 times since' }).first();
    await line.waitFor();
    expect(await line.innerText()).toContain(`${device} has booted`);
  }
});
