import { circumstance } from '../../../../src/core/circumstances/catalogue';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import { DomainError } from '../../../../src/core/errors';
import type { ImageCheck } from '../../../../src/core/image-check';
import type { CheckImages } from '../../../../src/ports/bundle-inspection';
import { openStore } from '../../../../src/store/store';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { fleetAttention } from '../../../support/fleet-attention';
import { readJournal } from '../../../support/journal';
import { makeMismatchedBundle } from '../../../support/mismatched-bundle';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../../support/services';
import { said } from '../../../support/said';
import { onSqlite, runSql } from '../../../support/test-database';

const person = { name: 'local', address: null };
const sound: ImageCheck = { state: 'sound' };
const minuteMs = 60_000;
let at: Date;
let opened: OpenedServices;
const now = () => at;

beforeEach(() => {
  at = new Date('2026-06-02T12:00:00Z');
});
afterEach(() => opened.close());

async function open(checkImages?: CheckImages, options: OpenServicesOptions = {}): Promise<void> {
  opened = await openServices({
    now,
    ...(checkImages === undefined ? {} : { change: () => ({ checkImages }) }),
    ...options,
  });
}

async function restart(checkImages?: CheckImages): Promise<void> {
  await opened.close();
  await open(checkImages, { dataDir: opened.dataDir });
}

const publish = async (name = 'v1.raucb', activate = false) =>
  opened.publish((await makeBundle({ seed: name })).path, { name, activate });
const run = () => opened.services.checkStoredImages.run();
const state = (name = 'v1.raucb') => opened.services.listBundles.get(name).bundle.imageCheck;
const told = async () =>
  (await readJournal(opened.dataDir)).filter(({ kind }) => kind === 'bundle.images-mismatch');
const errors = () => opened.log.filter(({ level }) => level === 'error');

/** A check that goes on until it is cancelled, or told what it came to. */
function slowCheck() {
  const started: string[] = [];
  let finish: (outcome: ImageCheck | Error) => void = () => undefined;
  const check: CheckImages = (_bytes, { manifest }, signal) =>
    new Promise((resolve, reject) => {
      started.push(manifest?.version ?? '');
      finish = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
      signal.addEventListener('abort', () => reject(new DomainError('unavailable', 'cancelled')));
    });
  return {
    check,
    started,
    /** Waits until so many were begun. */
    begun: (count = 1) => eventually(() => started.length >= count),
    finish: (outcome: ImageCheck | Error) => finish(outcome),
  };
}

/** Writes into the database of a server that does not run. */
async function write(sql: string): Promise<void> {
  await runSql(opened.dataDir, sql);
}

describe('the images of a bundle', () => {
  it('are being checked after its upload, until they are sound', async () => {
    await open();
    await publish();
    expect(state()).toEqual({ state: 'being-checked', tries: 0 });
    await run();
    expect(state()).toEqual(sound);
    await restart();
    expect(state()).toEqual(sound);
    expect(await told()).toEqual([]);
  });

  it('are checked by what is done each second', async () => {
    await open();
    await publish();
    await opened.services.runHousekeeping();
    await run(); // the one that runs
    expect(state()).toEqual(sound);
  });

  it('are named when they are not those of the manifest, here and in the journal, and once', async () => {
    await open();
    await opened.publish(await makeMismatchedBundle(), { name: 'bad.raucb' });
    await run();
    await restart();
    await run();
    expect(state('bad.raucb')).toEqual({ state: 'mismatch', files: ['rootfs.img'] });
    expect(await told()).toMatchObject([{ actor: 'server', after: { images: ['rootfs.img'] } }]);
  });

  it('are not checked where they cannot be, and it is said why', async () => {
    await open();
    const { path: file } = await makeBundle({ mksquashfsArgs: '-comp xz' });
    await opened.publish(file, { name: 'xz.raucb' });
    await run();
    expect(state('xz.raucb')).toEqual({
      state: 'not-checked',
      reason: circumstance('compressor-unknown', { compressor: 4 }),
    });
  });

  it('draw attention when such a bundle is released or pinned, and otherwise not', async () => {
    await open();
    const file = await makeMismatchedBundle();
    for (const name of ['released.raucb', 'pinned.raucb', 'neither.raucb'])
      await opened.publish(file, { name, activate: name === 'released.raucb' });
    await run();
    await opened.services.manageDevices.create('a', {}, person);
    await opened.services.manageDevices.pin('a', 'pinned.raucb', person);
    const attention = await fleetAttention(opened, now);
    expect(attention.map(({ kind, bundleName }) => [kind, bundleName])).toEqual([
      ['images-mismatch', 'released.raucb'],
      ['images-mismatch', 'pinned.raucb'],
    ]);
    expect(attention[0]?.message).toMatch(/rootfs\.img/);
  });

  it('do not take the bundle away from devices: who released it decides', async () => {
    await open();
    await opened.publish(await makeMismatchedBundle(), { name: 'bad.raucb', activate: true });
    await run();
    expect(await opened.offered('test-board')).toBe('bad.raucb');
    const [release] = opened.services.listBundles.releases();
    if (release === undefined) throw new Error('no release');
    expect(await opened.services.previewRelease.warningsOf(release)).toMatchObject([
      { code: 'images-mismatch' },
    ]);
    const preview = await opened.services.previewRelease.preview({
      name: 'bad.raucb',
      channel: 'beta',
      actor: 'local',
    });
    expect(preview.warnings).toMatchObject([{ code: 'images-mismatch' }]);
  });
});

describe('a check of images', () => {
  it('that the end of the server calls off is begun again by the next start, and not counted', async () => {
    const { check, begun } = slowCheck();
    await open(check);
    await publish();
    const running = run();
    await begun();
    expect(state()).toEqual({ state: 'being-checked', tries: 1 });
    await restart();
    await running;
    expect(state()).toEqual({ state: 'being-checked', tries: 0 });
    await run();
    expect(state()).toEqual(sound);
  });

  it('is made of bundles that an earlier version stored', async () => {
    await open();
    await publish();
    await opened.close();
    await write('UPDATE bundles SET image_check = NULL');
    await open(undefined, { dataDir: opened.dataDir });
    expect(state()).toEqual({ state: 'being-checked', tries: 0 });
    await run();
    expect(state()).toEqual(sound);
  });

  it('does not delay a start', async () => {
    await open();
    await publish();
    const { check, started } = slowCheck();
    await restart(check);
    expect(started).toEqual([]);
  });

  it('that dies is tried again after a while, five times in all; then it is said, and an upload begins again', async () => {
    let tries = 0;
    await open(() => {
      tries += 1;
      return Promise.reject(new DomainError('unavailable', 'out of memory'));
    });
    await publish();
    for (let minute = 0; minute < 4; minute += 1) {
      await run();
      await run();
      expect([tries, state()]).toEqual([minute + 1, { state: 'being-checked', tries: minute + 1 }]);
      at = new Date(at.getTime() + minuteMs);
    }
    await run();
    at = new Date(at.getTime() + minuteMs);
    await run();
    expect(tries).toBe(5);
    expect(state()).toEqual({
      state: 'not-checked',
      reason: said(/5 times \(out of memory\); upload/),
    });
    await publish();
    expect(state()).toEqual({ state: 'being-checked', tries: 0 });
  });

  it('that took the server with it five times is not begun again', async () => {
    await open();
    await publish();
    await opened.close();
    await write(`UPDATE bundles SET image_check = '{"state":"being-checked","tries":5}'`);
    let tries = 0;
    await open(
      () => {
        tries += 1;
        return Promise.resolve(sound);
      },
      { dataDir: opened.dataDir },
    );
    await run();
    expect(tries).toBe(0);
    expect(state()).toMatchObject({ state: 'not-checked' });
  });

  it('does not hold up the others when it dies', async () => {
    await open((_bytes, { manifest }) =>
      manifest?.version === 'deadly' ? Promise.reject(new Error('dead')) : Promise.resolve(sound),
    );
    await opened.publish((await makeBundle({ version: 'deadly' })).path, { name: 'deadly.raucb' });
    await publish();
    await run();
    expect(state('deadly.raucb')).toEqual({ state: 'being-checked', tries: 1 });
    expect(state()).toEqual(sound);
  });

  it.each<[string, ImageCheck | Error]>([
    ['sound', sound],
    ['a mismatch', { state: 'mismatch', files: ['rootfs.img'] }],
    ['an error', new Error('gone')],
  ])('of a bundle that was deleted meanwhile comes to nothing: %s', async (_name, outcome) => {
    const { check, begun, finish } = slowCheck();
    await open(check);
    await publish();
    const running = run();
    await begun();
    await opened.services.deleteBundle.delete({ name: 'v1.raucb', actor: 'local' });
    finish(outcome);
    await running;
    expect(opened.services.listBundles.list()).toEqual([]);
    expect([errors(), await told()]).toEqual([[], []]);
    await restart();
    expect(opened.services.listBundles.list()).toEqual([]);
  });

  it('goes on when the same bytes are uploaded again meanwhile, and sound ones stay sound', async () => {
    const { check, started, begun, finish } = slowCheck();
    await open(check);
    await publish();
    const running = run();
    await begun();
    await publish();
    finish(sound);
    await running;
    await publish();
    expect([started.length, state()]).toEqual([1, sound]);
  });

  it('is one at a time: first what is released or pinned, then the newest', async () => {
    const { check, started, begun, finish } = slowCheck();
    await open(check);
    for (const [index, version] of ['1', '2', '3', '4'].entries()) {
      at = new Date(Date.UTC(2026, 0, 1 + index));
      const { path: file } = await makeBundle({ version });
      await opened.publish(file, { name: `v${version}.raucb`, activate: version === '2' });
    }
    await opened.services.manageDevices.create('a', {}, person);
    await opened.services.manageDevices.pin('a', 'v1.raucb', person);
    const running = run();
    const seen: number[] = [];
    for (let n = 1; n <= 4; n += 1) {
      await begun(n);
      seen.push(started.length);
      finish(sound);
    }
    await running;
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(started).toEqual(['2', '1', '4', '3']);
  });

  it('that cannot be saved fails, and is saved later', async () => {
    let isFull = false;
    await open(undefined, {
      changeStore: ({ catalog }) => ({
        catalog: {
          ...catalog,
          commit: (change) =>
            isFull ? Promise.reject(new DomainError('storage-full', 'full')) : catalog.commit(change),
        },
      }),
    });
    await publish();
    isFull = true;
    await expect(run()).rejects.toMatchObject({ code: 'storage-full' });
    isFull = false;
    await run();
    expect(state()).toEqual(sound);
  });
});

onSqlite.it('a bundle of a database from before there were checks is there, and is due', async () => {
  await open();
  const dataDir = await temporaryFolder();
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  makeSchemaBefore(sqlite, 'ADD COLUMN image_check');
  await publish();
  const { bundle } = opened.services.listBundles.get('v1.raucb');
  sqlite
    .prepare(
      `INSERT INTO bundles (name, sha256, size_bytes, compatible, uploaded_at, uploaded_by, inspection)
       VALUES ('old.raucb', ?, 1, 'board', '2026-01-01T00:00:00.000Z', 'local', ?)`,
    )
    .run(bundle.sha256, JSON.stringify(bundle.inspection));
  sqlite.close();
  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  const { bundles } = await store.catalog.load();
  expect(bundles[0]?.imageCheck).toEqual({ state: 'being-checked', tries: 0 });
  store.close();
});
