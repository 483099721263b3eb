import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { DomainError } from '../../../../src/core/errors';
import { anyReason } from '../../../support/any-reason';
import { makeBundle } from '../../../support/bundle-factory';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { fleetAttention } from '../../../support/fleet-attention';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { said } from '../../../support/said';

const person = { name: 'local', address: null };
const markerOf = (dataDir: string) => path.join(dataDir, 'database.marker');
const opened: OpenedServices[] = [];

async function open(options: OpenServicesOptions = {}): Promise<OpenedServices> {
  const one = await openServices(options);
  opened.push(one);
  return one;
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function close(one: OpenedServices): Promise<void> {
  opened.splice(opened.indexOf(one), 1);
  await one.close();
}

/** SQLite's own copy of the database, as the README says. */
async function backup({ dataDir }: OpenedServices): Promise<string> {
  const copy = path.join(dataDir, '..', 'copy.db');
  await mustRun('sqlite3', [path.join(dataDir, 'server.db'), `.backup '${copy}'`]);
  return copy;
}

async function restore(dataDir: string, copy: string): Promise<void> {
  await Promise.all(
    ['-wal', '-shm'].map((end) => rm(path.join(dataDir, `server.db${end}`), { force: true })),
  );
  await cp(copy, path.join(dataDir, 'server.db'));
}

/** Version 1 is current when the copy is made, version 2 afterwards; then the copy is put back. */
async function restoredFolder(
  before: (one: OpenedServices) => Promise<unknown> = () => Promise.resolve(),
): Promise<string> {
  const one = await open();
  await one.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb', activate: true });
  await before(one);
  const copy = await backup(one);
  await one.publish((await makeBundle({ version: '2.0.0' })).path, { name: 'v2.raucb', activate: true });
  await close(one);
  await restore(one.dataDir, copy);
  return one.dataDir;
}

function rolloutOf({ services }: OpenedServices) {
  const [release] = services.manageRollouts.list();
  if (release === undefined) throw new Error('nothing is current');
  return { id: release.id, ...release.rollout };
}

/** Later than all that the servers before have seen of the clock of these tests, which goes on by a second each time it is read. */
const steady = () => new Date('2026-01-01T00:10:00Z');

describe('an older copy of the database beside the same bundles', () => {
  it('is offered to nobody until a person resumes', async () => {
    const one = await open({ dataDir: await restoredFolder() });
    expect(rolloutOf(one)).toMatchObject({
      state: 'paused',
      reason: said(/restored/),
      changedBy: 'server',
    });
    expect(await one.offered('test-board')).toBe('rollout-paused');
    expect(
      (await one.services.readJournal.search({ kinds: ['rollout.paused'] }, { limit: 9 })).events,
    ).toMatchObject([{ actor: { name: 'server' }, subject: { bundleName: 'v1.raucb' } }]);
    await one.services.manageRollouts.resume(rolloutOf(one).id, person);
    expect(await one.offered('test-board')).toBe('v1.raucb');
  });

  it('is an item of attention with what to do, until a person dismisses it, and again after the next one', async () => {
    const now = () => new Date('2026-05-01T12:00:00Z');
    const first = await open({ dataDir: await restoredFolder() });
    await first.services.manageRollouts.resume(rolloutOf(first).id, person);
    const [item] = await fleetAttention(first, now);
    expect(item).toMatchObject({ kind: 'database-restored', count: 1, subjects: [expect.any(String)] });
    expect(item?.message).toMatch(/restored .*resume or abort each rollout.*then dismiss this\.$/);
    await close(first);
    const second = await open({ dataDir: first.dataDir, now: steady });
    expect(await fleetAttention(second, now)).toEqual([item]);
    const { kind = 'held', subjects = [] } = item ?? {};
    const event = { kind: 'attention.dismissed', at: now(), actor: person, reason: anyReason() } as const;
    await second.store.dismissals.add({ kind, subjects }, event);
    expect(await fleetAttention(second, now)).toEqual([]);
    await second.store.restores.suspect('another', 'it was restored again', null, now());
    expect(await fleetAttention(second, now)).toMatchObject([{ kind, subjects: ['another'] }]);
  });

  it('is told once: what a person resumed stays so at the next start', async () => {
    const first = await open({ dataDir: await restoredFolder() });
    await first.services.manageRollouts.resume(rolloutOf(first).id, person);
    await close(first);
    const second = await open({ dataDir: first.dataDir });
    expect(await second.offered('test-board')).toBe('v1.raucb');
    expect(
      (await second.services.readJournal.search({ kinds: ['rollout.paused'] }, { limit: 9 })).events,
    ).toHaveLength(1);
  });

  it('stays paused at the next start as long as nobody resumes', async () => {
    const first = await open({ dataDir: await restoredFolder() });
    await close(first);
    const second = await open({ dataDir: first.dataDir });
    expect(rolloutOf(second)).toMatchObject({
      state: 'paused',
      reason: said(/restored/),
    });
  });

  it('has the reason also where a rollout was paused before, and leaves an aborted one as it is', async () => {
    const dataDir = await restoredFolder(async (one) => {
      await one.publish((await makeBundle({ compatible: 'other-board' })).path, {
        name: 'other.raucb',
        activate: true,
      });
      const [other, board] = one.services.manageRollouts.list();
      await one.services.manageRollouts.abort(other?.id ?? 0, 'bad', person);
      await one.services.manageRollouts.pause(board?.id ?? 0, 'too hot', person);
    });
    const one = await open({ dataDir });
    expect(one.services.manageRollouts.list().map(({ rollout }) => rollout)).toMatchObject([
      { state: 'aborted', reason: 'bad' },
      { state: 'paused', reason: said(/restored.*too hot/) },
    ]);
  });

  it('pauses also the release of a bundle that is gone, which goes on when the bundle comes back', async () => {
    const dataDir = await restoredFolder();
    await rm(path.join(dataDir, 'bundles/v1.raucb'));
    const one = await open({ dataDir });
    await one.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb' });
    expect(await one.offered('test-board')).toBe('rollout-paused');
  });

  it('holds devices with a pin, and a person lifts that', async () => {
    const dataDir = await restoredFolder(async ({ services }) => {
      for (const id of ['board-1', 'board-2']) await services.manageDevices.create(id, {}, person);
      await services.manageDevices.pin('board-1', 'v1.raucb', person);
    });
    const one = await open({ dataDir });
    const { manageDevices } = one.services;
    expect(await one.offered('test-board')).toBe('held');
    expect((await manageDevices.get('board-1')).device.hold).toMatchObject({ by: 'server' });
    expect((await manageDevices.get('board-2')).device.hold).toBeNull();
    await manageDevices.liftHold('board-1', person);
    expect(await one.offered('test-board')).toBe('v1.raucb');
  });

  it('ends offers that stood when the copy was made', async () => {
    const now = () => new Date('2026-11-02T12:00:00Z');
    const one = await open({ now });
    await one.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb', activate: true });
    expect(await new SimulatedDevice(one.services, 'board-1', { now }).offered()).toBe('v1.raucb');
    const copy = await backup(one);
    await one.publish((await makeBundle({ version: '2.0.0' })).path, { name: 'v2.raucb', activate: true });
    await close(one);
    await restore(one.dataDir, copy);
    const restored = await open({ dataDir: one.dataDir, now });
    const offer = await new SimulatedDevice(restored.services, 'board-1', { now }).poll('t-1');
    expect(offer).toMatchObject({ kind: 'nothing', reason: 'rollout-paused' });
  });

  it('of a version before markers is noticed too', async () => {
    const one = await open();
    await one.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb', activate: true });
    await close(one);
    forgetMarkers(one.dataDir);
    await rm(markerOf(one.dataDir));
    const copy = await backup(one);
    const upgraded = await open({ dataDir: one.dataDir });
    expect(await upgraded.offered('test-board')).toBe('v1.raucb');
    await close(upgraded);
    await restore(one.dataDir, copy);
    expect(rolloutOf(await open({ dataDir: one.dataDir })).state).toBe('paused');
  });

  it('cut short while it pauses goes on at the next start', async () => {
    const dataDir = await restoredFolder();
    const broken = () => Promise.reject(new DomainError('storage-full', 'full'));
    const first = await open({
      dataDir,
      changeStore: ({ catalog }) => ({ catalog: { ...catalog, commit: broken } }),
    });
    expect(await first.offered('test-board')).toBe('held'); // nothing is on disk, and nothing is offered
    await close(first);
    const second = await open({ dataDir });
    expect(rolloutOf(second).state).toBe('paused');
  });
});

/** As the last version without markers left it, brought up to date. */
function forgetMarkers(dataDir: string): void {
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  sqlite.exec('DELETE FROM database_identity');
  sqlite.close();
}

describe('a database that is no older copy', () => {
  async function ordinaryFolder(): Promise<string> {
    const one = await open();
    await one.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb', activate: true });
    await close(one);
    return one.dataDir;
  }

  it('goes on after a restart', async () => {
    expect(await (await open({ dataDir: await ordinaryFolder() })).offered('test-board')).toBe('v1.raucb');
  });

  it('goes on at the first start of a version that knows markers', async () => {
    const dataDir = await ordinaryFolder();
    forgetMarkers(dataDir);
    await rm(markerOf(dataDir));
    const upgraded = await open({ dataDir });
    expect(await upgraded.offered('test-board')).toBe('v1.raucb');
    await close(upgraded);
    expect(await (await open({ dataDir })).offered('test-board')).toBe('v1.raucb');
  });

  it('goes on when the version before markers made it', async () => {
    const dataDir = path.join(await temporaryFolder(), 'data');
    await mkdir(dataDir);
    const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
    makeSchemaBefore(sqlite, 'CREATE TABLE database_identity');
    sqlite.close();
    const upgraded = await open({ dataDir });
    expect(upgraded.log.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await readFile(markerOf(dataDir), 'utf8')).toContain('"decision":0');
  });

  it('goes on with a marker that is behind, as after a kill', async () => {
    const dataDir = await ordinaryFolder();
    const old = await readFile(markerOf(dataDir));
    const one = await open({ dataDir });
    await one.services.manageRollouts.pause(rolloutOf(one).id, 'lunch', person);
    await one.services.manageRollouts.resume(rolloutOf(one).id, person);
    await close(one);
    await writeFile(markerOf(dataDir), old);
    const again = await open({ dataDir });
    expect(await again.offered('test-board')).toBe('v1.raucb');
    expect(await readFile(markerOf(dataDir))).not.toEqual(old); // and it is brought up to date
  });

  it('goes on when the disk was full for the marker, and catches up', async () => {
    const dataDir = await ordinaryFolder();
    const old = await readFile(markerOf(dataDir));
    let isFull = true;
    const one = await open({
      dataDir,
      now: steady,
      changeStore: ({ databaseMarker }) => ({
        databaseMarker: {
          ...databaseMarker,
          write: (marker) =>
            isFull ? Promise.reject(new DomainError('storage-full', 'full')) : databaseMarker.write(marker),
        },
      }),
    });
    await one.services.manageRollouts.pause(rolloutOf(one).id, 'lunch', person);
    await one.services.manageRollouts.resume(rolloutOf(one).id, person);
    await one.services.runHousekeeping();
    expect(await one.offered('test-board')).toBe('v1.raucb');
    expect(await readFile(markerOf(dataDir))).toEqual(old);
    expect(one.log.filter(({ level }) => level === 'error')).toHaveLength(1);
    isFull = false;
    await one.services.runHousekeeping();
    expect(await readFile(markerOf(dataDir))).not.toEqual(old);
  });

  it.each([
    ['damaged', (dataDir: string) => writeFile(markerOf(dataDir), '{"database":')],
    [
      'of another shape',
      (dataDir: string) => writeFile(markerOf(dataDir), '{"database":"a","decision":1.5}'),
    ],
    [
      'of another database',
      (dataDir: string) => writeFile(markerOf(dataDir), '{"database":"a","decision":1}'),
    ],
    ['missing, so that it was put here alone', (dataDir: string) => rm(markerOf(dataDir))],
  ])('can not be told from one when the marker is %s: a person decides', async (_, change) => {
    const dataDir = await ordinaryFolder();
    await change(dataDir);
    const one = await open({ dataDir });
    expect(await one.offered('test-board')).toBe('rollout-paused');
    await one.services.manageRollouts.resume(rolloutOf(one).id, person);
    await close(one);
    expect(await (await open({ dataDir })).offered('test-board')).toBe('v1.raucb');
  });
});
