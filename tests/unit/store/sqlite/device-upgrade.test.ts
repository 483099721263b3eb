import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { noBoards } from '../../../../src/core/board';
import { openStore } from '../../../../src/store/store';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';

/** The steps that added what is known of boards, claims and pollers. */
const steps = ['ADD COLUMN boards', 'ADD COLUMN claimed_compatible', 'ADD COLUMN poller_omits'] as const;

it.each(steps)('a device of a database from before "%s" is there, and troubles nobody', async (added) => {
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, added);
  sqlite.exec(`INSERT INTO devices (id, created_at, last_contact_at, compatible, channel, admission)
    VALUES ('old', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 'board', 'stable', 'admitted')`);
  sqlite.close();

  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  expect((await store.devices.find('old'))?.device).toMatchObject({
    boards: noBoards,
    boundCompatibles: [],
    claimedCompatible: null,
    pollerOmits: null,
  });
  expect(await store.counts.otherClaims()).toEqual({ devices: 0, ids: [] });
  expect(await store.counts.silentPollers()).toEqual([]);
  expect(await store.counts.sharedCertificates(new Date(0), 10)).toEqual([]);
  store.close();
});

it('a device of a database from before the wider search is found by all that it is found by now', async () => {
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, 'ADD COLUMN found_by');
  sqlite.exec(`INSERT INTO devices (id, created_at, compatible, channel, admission, address, machine_id, attributes)
    VALUES ('old', '2026-01-01T00:00:00.000Z', 'board', 'stable', 'admitted', '192.0.2.77', 'C0FFEE', '{"site":"Graz"}');
    INSERT INTO device_labels (label, device) VALUES ('Shelf=9', 'old')`);
  sqlite.close();

  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  for (const search of ['OLD', '2.77', 'c0ff', 'site=graz', 'shelf=']) {
    const page = await store.listing.list({ search, sort: 'id', isDescending: false, limit: 1 });
    expect({ search, total: page.total }).toEqual({ search, total: 1 });
  }
  store.close();
});
