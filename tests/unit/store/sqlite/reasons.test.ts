import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { circumstance } from '../../../../src/core/circumstances/catalogue';
import type { Why } from '../../../../src/core/reasons/why';
import { fromServerReason, fromWhyColumns, toServerReason } from '../../../../src/store/rows/why-columns';
import { openStore } from '../../../../src/store/store';
import { deviceOf } from '../../../support/device-factory';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { installationOf } from '../../../support/fleet-factory';
import { temporaryFolder } from '../../../support/programs';

const at = new Date('2026-11-02T12:00:00Z');
const nested = circumstance('held-with-pin', { why: circumstance('database-older') });

describe('a reason', () => {
  it.each<[string, Why]>([
    ['of the server', circumstance('installation-replaced', { bundle: 'v2.raucb' })],
    ['within another one', nested],
    ['that a person wrote', 'on a desk'],
    ['that a person wrote like one of the server', JSON.stringify(nested)],
  ])('%s is the same after a restart', async (_, reason) => {
    const dataDir = await temporaryFolder();
    const open = () => openStore(dataDir, { newName: randomUUID, pid: process.pid });
    const store = await open();
    const device = { ...deviceOf('a'), hold: { reason, by: 'local', at } };
    await store.devices.write({
      device,
      installations: [installationOf({ id: 1, deviceId: 'a', message: reason })],
      events: [],
    });
    store.close();
    const again = await open();
    expect(await again.devices.find('a')).toMatchObject({
      device: { hold: { reason } },
      installation: { message: reason },
    });
    again.close();
  });

  it('of an earlier version is the sentence that it stored', async () => {
    const dataDir = await temporaryFolder();
    const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
    makeSchemaBefore(sqlite, 'ADD COLUMN hold_circumstance');
    sqlite.exec(`INSERT INTO devices (id, created_at, channel, admission, hold_reason, hold_by, hold_at)
      VALUES ('old', '${at.toISOString()}', 'stable', 'admitted', 'it was restored', 'server', '${at.toISOString()}')`);
    sqlite.close();
    const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
    const hold = { reason: 'it was restored', by: 'server', at };
    expect((await store.devices.find('old'))?.device.hold).toEqual(hold);
    store.close();
  });

  it('is refused where its column holds something else', () => {
    expect(() => fromWhyColumns(null, '{"code":7}')).toThrow();
    expect(() => fromWhyColumns(null, 'no JSON')).toThrow();
  });

  it('that only the server writes may be the sentence of an earlier version', () => {
    expect(fromServerReason(toServerReason(nested))).toEqual(nested);
    expect(fromServerReason('the database was restored')).toBe('the database was restored');
  });
});
