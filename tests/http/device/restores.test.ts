import { createHash } from 'node:crypto';
import path from 'node:path';
import { copyStopped } from '../../support/copy-stopped';
import { temporaryFolder } from '../../support/programs';
import { raucHeaders } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { said } from '../../support/said';

const pollUrl = '/api/v1/update.raucb';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let fleet: ReleasedFleet;
let newer: { readonly sha256: string };

/** Devices got 3.0.0; then the whole data folder was replaced by a copy that knows 2.0.0 alone. */
async function restoreWholeFolder(devices: readonly string[]): Promise<void> {
  const before = await startReleasedFleet();
  for (const id of devices) await (await before.connect(id, 'HTTP/2')).rauc.poll();
  await before.close();
  const copy = path.join(await temporaryFolder(), 'data');
  await copyStopped(before.dataDir, copy);
  const { certsDir } = before;
  const later = await startReleasedFleet({ dataDir: before.dataDir, certsDir, released: null });
  newer = await later.release('3.0.0');
  await later.close();
  fleet = await startReleasedFleet({ dataDir: copy, certsDir, released: null });
}

/** One poll that names what the device has seen. @returns status, and the reason of a 204 */
async function poll(id: string, sha256: string, headers: Record<string, string> = {}) {
  const { client } = await fleet.connect(id, 'HTTP/2');
  const answer = await client.request(pollUrl, {
    ...raucHeaders(board, '1.0.0', `${id}-boot-1`),
    'If-None-Match': `"${sha256}"`,
    ...headers,
  });
  return [answer.status, answer.headers['x-rauc-server-reason']];
}

async function askPinned(id: string, sha256: string): Promise<number> {
  const { client } = await fleet.connect(id, 'HTTP/2');
  return (await client.request(`/bundles/${sha256}/v3.0.0.raucb`, { Range: 'bytes=0-3' })).status;
}

const rollout = () => fleet.services.manageRollouts.list()[0]?.rollout;
const many = ['dev-1', 'dev-2', 'dev-3', 'dev-4'];

describe('a whole data folder that was restored', () => {
  it('is noticed when three devices name a bundle that it never had, and from then on offered to nobody', async () => {
    await restoreWholeFolder(many);
    expect(rollout()).toMatchObject({ state: 'running' });
    for (const id of ['dev-1', 'dev-2']) expect(await poll(id, newer.sha256)).toEqual([307, undefined]);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'running' });
    // Pausing begins at once: with PostgreSQL it may be over before this poll is decided.
    expect(await poll('dev-3', newer.sha256)).toEqual([
      204,
      expect.stringMatching(/^(held|rollout-paused)$/),
    ]);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({
      state: 'paused',
      changedBy: 'server',
      reason: said(new RegExp(newer.sha256.slice(0, 16))),
    });
    expect(await poll('dev-4', newer.sha256)).toEqual([204, 'rollout-paused']);
  });

  it('is noticed by pinned URLs as well', async () => {
    await restoreWholeFolder(many);
    for (const id of ['dev-1', 'dev-2', 'dev-3']) expect(await askPinned(id, newer.sha256)).toBe(404);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'paused' });
  });

  it('is noticed by all devices of a fleet that has fewer than three', async () => {
    await restoreWholeFolder(['dev-1', 'dev-2']);
    await poll('dev-1', newer.sha256);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'running' });
    await poll('dev-2', newer.sha256);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'paused' });
  });

  it('is told once: what a person resumed stays so, also after a restart', async () => {
    await restoreWholeFolder(many);
    for (const id of many) await poll(id, newer.sha256);
    await fleet.services.runHousekeeping();
    await fleet.services.manageRollouts.resume(fleet.releaseId(), person);
    expect(await poll('dev-1', newer.sha256)).toEqual([307, undefined]);
    const { dataDir, certsDir } = fleet;
    await fleet.close();
    fleet = await startReleasedFleet({ dataDir, certsDir, released: null });
    for (const id of many) expect(await poll(id, newer.sha256)).toEqual([307, undefined]);
    await fleet.services.runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'running' });
  });
});

describe('what is no evidence of a restore', () => {
  beforeAll(() => restoreWholeFolder(many));
  afterEach(() => expect(rollout()).toMatchObject({ state: 'running' }));

  it('one device that names what it likes, as often as it likes', async () => {
    for (let index = 0; index < 12; index += 1) await poll('dev-1', hashOf(String(index % 5)));
    await fleet.services.runHousekeeping();
  });

  it('one device that names a foreign bundle again and again, which gets its own', async () => {
    for (let turn = 0; turn < 4; turn += 1)
      expect(await poll('dev-1', newer.sha256)).toEqual([307, undefined]);
    await fleet.services.runHousekeeping();
  });

  it('versions alone', async () => {
    for (const id of many)
      await (await fleet.connect(id, 'HTTP/2', raucHeaders(board, '9.0.0', 'b'))).rauc.poll();
    await fleet.services.runHousekeeping();
  });

  it('a bundle that was deleted here', async () => {
    const deleted = await fleet.release('4.0.0');
    await fleet.release('5.0.0');
    await fleet.services.deleteBundle.delete({ name: 'v4.0.0.raucb', actor: 'local', force: true });
    for (const id of many) expect(await poll(id, deleted.sha256)).toEqual([307, undefined]);
    await fleet.services.runHousekeeping();
  });

  it('devices that come for the first time, from another server', async () => {
    for (const id of ['new-1', 'new-2', 'new-3', 'new-4'])
      expect(await poll(id, newer.sha256)).toEqual([307, undefined]);
    await fleet.services.runHousekeeping();
  });

  it('ETags of other servers', async () => {
    for (const id of many) {
      for (const tag of ['*', '"5f3-1a2b"', '"', `"${'g'.repeat(64)}"`, `"${'a'.repeat(65)}"`])
        expect((await poll(id, '', { 'If-None-Match': tag }))[0]).toBe(tag === '*' ? 304 : 307);
    }
    await fleet.services.runHousekeeping();
  });

  it('names of bundles, and hashes that are none', async () => {
    for (const id of many) expect(await askPinned(id, 'a'.repeat(63))).toBe(404);
    await fleet.services.runHousekeeping();
  });
});

it('costs a range of a pinned bundle nothing: the database is not asked', async () => {
  let asked = 0;
  fleet = await startReleasedFleet({
    changeStore: ({ restores }) => ({
      restores: {
        ...restores,
        isKnownHash: (sha256) => {
          asked += 1;
          return restores.isKnownHash(sha256);
        },
      },
    }),
  });
  const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
  const answer = await rauc.poll();
  await rauc.install('t-1');
  expect(asked).toBe(0);
  const { client } = await fleet.connect('dev-1', 'HTTP/2');
  const known = { ...raucHeaders(board, '1.0.0', 'dev-1-boot-1'), 'If-None-Match': answer.etag ?? '' };
  for (let index = 0; index < 20; index += 1) expect((await client.request(pollUrl, known)).status).toBe(304);
  expect(asked).toBe(1);
});
