import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { openDatabase } from '../../../../src/store/sqlite/database';
import type { Upgrade } from '../../../../src/store/sqlite/migrate';
import { openStore } from '../../../../src/store/store';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';

describe('a journal from before there were blocks', () => {
  it('is searched by time, by person and by release after the upgrade, which is announced', async () => {
    const dataDir = await temporaryFolder();
    const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
    makeSchemaBefore(sqlite, 'journal_blocks');
    sqlite.exec(`
      INSERT INTO events (id, at, kind, actor, message, release_id) VALUES
        (1, '2026-01-01T00:00:00.000Z', 'device.booted', 'device:a', 'boot', NULL),
        (5000, '2026-02-01T00:00:00.000Z', 'release.activated', 'local', 'released', 7),
        (5001, '2026-02-02T00:00:00.000Z', 'device.booted', 'device:a', 'boot', NULL)`);
    sqlite.close();

    const told: Upgrade[] = [];
    const options = { newName: randomUUID, pid: process.pid, onUpgrade: (one: Upgrade) => told.push(one) };
    const store = await openStore(dataDir, options);
    expect(told).toEqual([
      { file: path.join(dataDir, 'server.db'), sizeBytes: expect.any(Number) as number },
    ]);
    const ids = async (filter: Parameters<typeof store.journal.search>[0]) =>
      (await store.journal.search(filter, { limit: 9 })).events.map(({ id }) => id);
    expect(await ids({ until: new Date('2026-01-15T00:00:00Z') })).toEqual([1]);
    expect(await ids({ since: new Date('2026-02-02T00:00:00Z') })).toEqual([5001]);
    expect(await ids({ since: new Date('2026-03-01T00:00:00Z') })).toEqual([]);
    expect(await ids({ actor: 'local' })).toEqual([5000]);
    expect(await ids({ releaseId: 7 })).toEqual([5000]);
    store.close();

    await openStore(dataDir, options).then((again) => again.close());
    expect(told).toHaveLength(1);
  });

  it('that is new is not an upgrade', async () => {
    const told: Upgrade[] = [];
    openDatabase(await temporaryFolder(), { onUpgrade: (one) => told.push(one) }).close();
    expect(told).toEqual([]);
  });
});
