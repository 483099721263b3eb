import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { migrations } from '../../../../src/store/sqlite/migrations';
import { openStore } from '../../../../src/store/store';
import { temporaryFolder } from '../../../support/programs';

it('a line of the journal from before lines were counted stands for one time', async () => {
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  const last = migrations.findIndex((step) => step.includes('events ADD COLUMN first_at'));
  expect(last).toBeGreaterThan(0);
  for (const step of migrations.slice(0, last)) sqlite.exec(step);
  sqlite.pragma(`user_version = ${last}`);
  sqlite.exec(`INSERT INTO events (at, kind, actor, message, device)
    VALUES ('2026-01-01T00:00:00.000Z', 'device.booted', 'device:old', 'old has booted', 'old')`);
  sqlite.close();

  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  expect((await store.journal.search({}, { limit: 10 })).events).toMatchObject([
    { message: 'old has booted', repeats: null },
  ]);
  store.close();
});
