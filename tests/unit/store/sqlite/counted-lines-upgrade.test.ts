import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { openStore } from '../../../../src/store/store';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';

it('a line of the journal from before lines were counted stands for one time', async () => {
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, 'events ADD COLUMN first_at');
  sqlite.exec(`INSERT INTO events (at, kind, actor, message, device)
    VALUES ('2026-01-01T00:00:00.000Z', 'device.booted', 'device:old', 'old has booted', 'old')`);
  sqlite.close();

  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  expect((await store.journal.search({}, { limit: 10 })).events).toMatchObject([
    { message: 'old has booted', reason: null, repeats: null },
  ]);
  store.close();
});
