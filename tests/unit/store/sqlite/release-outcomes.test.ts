import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { type Installation, keptInstallations } from '../../../../src/core/installation';
import { openDatabase } from '../../../../src/store/sqlite/database';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { deviceOf } from '../../../support/device-factory';
import { installationOf } from '../../../support/fleet-factory';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';

let dataDir: string;
let store: OpenStore;
const open = async () => {
  store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
};
beforeEach(async () => {
  dataDir = await temporaryFolder();
  await open();
});
afterEach(() => store.close());

const ids = ['a', 'b', 'c'] as const;
const write = (...installations: readonly Partial<Installation>[]) =>
  store.devices.write({
    installations: installations.map((one) => installationOf({ deviceId: 'a', ...one })),
    events: [],
  });
const register = async () => {
  for (const id of ids) await store.devices.write({ device: deviceOf(id), installations: [], events: [] });
};
const outcomes = async (releaseId = 1) =>
  (await store.listing.outcomes(releaseId)).map(({ step, state, devices }) => [step, state, devices]);

describe('what became of the devices of a release', () => {
  beforeEach(register);

  it('counts each device once, by its latest attempt', async () => {
    await write({ id: 1, state: 'failed' }, { id: 2, state: 'failed' }, { id: 3, state: 'rolled-back' });
    await write({ id: 4, deviceId: 'b', state: 'downloading' });
    expect(await outcomes()).toEqual([
      [0, 'downloading', 1],
      [0, 'rolled-back', 1],
    ]);
    await write({ id: 4, deviceId: 'b', state: 'proven' });
    expect(await outcomes()).toEqual([
      [0, 'proven', 1],
      [0, 'rolled-back', 1],
    ]);
  });

  it('is not changed by an offer that nobody takes', async () => {
    await write({ id: 1, state: 'proven' });
    await write({ id: 2, state: 'offered' });
    expect(await outcomes()).toEqual([[0, 'proven', 1]]);
    await write({ id: 2, state: 'withdrawn' });
    expect(await outcomes()).toEqual([[0, 'proven', 1]]);
    await write({ id: 3, state: 'failed' });
    expect(await outcomes()).toEqual([[0, 'failed', 1]]);
  });

  it('stays when the installations of a device are forgotten, and after a restart', async () => {
    await write({ id: 1, state: 'proven' });
    for (let id = 2; id <= keptInstallations + 2; id += 1) await write({ id, state: 'proven', releaseId: 2 });
    expect(await store.devices.findInstallation(1)).toBeUndefined();
    store.close();
    await open();
    expect([await outcomes(1), await outcomes(2)]).toEqual([[[0, 'proven', 1]], [[0, 'proven', 1]]]);
  });

  it('stays of a release that is over when a device is forgotten, but for what had not ended', async () => {
    await write({ id: 1, state: 'proven', releaseId: 1 }, { id: 2, state: 'downloading', releaseId: 2 });
    await store.devices.forget('a', []);
    expect([await outcomes(1), await outcomes(2)]).toEqual([[[0, 'proven', 1]], []]);
  });
});

it('is counted from the installations of a database of the version before', async () => {
  store.close();
  dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, 'CREATE TABLE release_outcomes');
  const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
  sqlite.exec(`
    INSERT INTO activations VALUES (1, 'board', 'stable', 'activate', 'v1', NULL, '${at(0)}', 'local', 0);
    INSERT INTO rollouts VALUES (1, '{"startAt":null,"steps":[]}', 'running', 0, '${at(0)}', NULL, 'local', '${at(5)}', 4);
  `);
  const states = [
    ['a', 'failed', 1],
    ['a', 'failed', 2],
    ['a', 'failed', 3],
    ['b', 'rolled-back', 4],
    ['b', 'offered', 6],
    ['c', 'failed', 7],
  ] as const;
  for (const id of ids)
    sqlite.exec(
      `INSERT INTO devices (id, created_at, channel, admission) VALUES ('${id}', '${at(0)}', 'stable', 'admitted')`,
    );
  for (const [index, [device, state, minute]] of states.entries())
    sqlite.exec(`INSERT INTO installations (id, device, bundle, sha256, release_id, step, state, offered_at, offer_ends_at,
        ended_at, updated_at, attempts, polls, bytes_sent, bundle_size_bytes)
      VALUES (${index + 1}, '${device}', 'v1', 'x', 1, 0, '${state}', '${at(minute)}', '${at(minute)}', '${at(minute)}',
        '${at(minute)}', 1, 1, 0, 1)`);
  sqlite.close();
  await open();
  expect(await outcomes()).toEqual([
    [0, 'failed', 2],
    [0, 'rolled-back', 1],
  ]);
  const database = openDatabase(dataDir);
  // Four failures of two devices were accepted when a person went on: that of the third came later.
  expect(database.all(database.query.selectFrom('rollouts').select('forgiven_failures'))).toEqual([
    { forgiven_failures: 2 },
  ]);
  database.close();
});
