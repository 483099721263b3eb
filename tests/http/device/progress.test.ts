import type { OpenStore } from '../../../src/store/store';
import { protocols } from '../../support/device-client';
import { eventually } from '../../support/eventually';
import { raucHeaders } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { countingWrites, isOnPostgres } from '../../support/test-database';

describe.each(protocols)('the story of an update over %s', (protocol) => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet();
  });
  afterEach(() => fleet.close());

  /** Boots and polls as RAUC does when it starts. */
  async function boot(
    rauc: Awaited<ReturnType<ReleasedFleet['connect']>>['rauc'],
    version: string,
    number: number,
  ) {
    fleet.wait(600);
    rauc.restart(raucHeaders(board, version, `dev-1-boot-${number}`));
    return rauc.poll();
  }

  it('goes from the offer over the download to the proof', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({
      state: 'offered',
      fromVersion: '1.0.0',
      targetVersion: '2.0.0',
    });
    const { sizeBytes } = await rauc.install('t-1');
    await fleet.services.runHousekeeping();
    const downloading = await fleet.latest('dev-1');
    expect(downloading).toMatchObject({ state: 'downloading', attempts: 1, bundleSizeBytes: sizeBytes });
    expect(downloading?.bytesSent).toBeGreaterThan(sizeBytes * 0.9);
    expect(downloading?.bytesSent).toBeLessThan(sizeBytes * 1.1);

    expect(await boot(rauc, '2.0.0', 2)).toMatchObject({ statuses: [204], reason: 'up-to-date' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'proven', progressPercent: 100 });
    expect(await fleet.journal('dev-1')).toEqual([
      'device.registered',
      'installation.offered',
      'installation.downloading',
      'device.booted',
      'device.version-changed',
      'installation.proven',
    ]);
  });

  it('ends in a rollback, is not offered again, and is after a person has cleared it', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    await rauc.poll();
    await rauc.install('t-1');
    expect(await boot(rauc, '1.0.0', 2)).toMatchObject({ statuses: [204], reason: 'failed-before' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'rolled-back' });
    expect(await rauc.open('t-2')).toMatchObject({ statuses: [204], reason: 'failed-before' });

    await fleet.services.manageDevices.clearFailures('dev-1', person);
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'offered' });
  });

  it('ends in a rollback, and another bundle is offered', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    await rauc.poll();
    await rauc.install('t-1');
    await boot(rauc, '1.0.0', 2);
    const { sha256 } = await fleet.release('2.0.1');
    expect(await rauc.poll()).toMatchObject({ statuses: [307, 206], etag: `"${sha256}"` });
    await rauc.install('t-2');
    expect(await boot(rauc, '2.0.1', 3)).toMatchObject({ reason: 'up-to-date' });
    const { installations } = await fleet.services.manageDevices.get('dev-1');
    expect(installations.map(({ state }) => state)).toEqual(['proven', 'rolled-back']);
  });
});

it('counts what a device reads an hour after it was last heard', async () => {
  const fleet = await startReleasedFleet();
  const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
  const polled = await rauc.poll();
  await rauc.open('t-1');
  fleet.wait(3_600);
  await rauc.readPayload(polled);
  await fleet.services.runHousekeeping();
  expect((await fleet.latest('dev-1'))?.bytesSent).toBeGreaterThan(64 << 10);
  await fleet.close();
});

it('keeps the bytes of an installation with it when another one follows at once', async () => {
  const fleet = await startReleasedFleet();
  const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
  await rauc.poll();
  await rauc.install('t-1');
  await fleet.release('3.0.0');
  // The bundle would wait for its reboot, but for a person's word.
  await fleet.services.manageDevices.pin('dev-1', 'v3.0.0.raucb', person);
  fleet.wait(30);
  await rauc.poll();
  await fleet.services.runHousekeeping();
  const [next, before] = (await fleet.services.manageDevices.get('dev-1')).installations;
  expect(next).toMatchObject({ bundleName: 'v3.0.0.raucb', state: 'offered', bytesSent: 0 });
  expect(before).toMatchObject({ bundleName: 'v2.0.0.raucb', state: 'withdrawn' });
  expect(before?.bytesSent).toBeGreaterThan(64 << 10);
  await fleet.close();
});

describe('a poller that RAUC tells little of', () => {
  it('is seen to begin by the payload that it asks for, not by what a poll reads', async () => {
    const fleet = await startReleasedFleet({ compatible: board });
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2', {});
    const polled = await rauc.poll();
    await fleet.services.runHousekeeping();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'offered', bytesSent: 0, startedAt: null });
    await rauc.open();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'offered' });
    await rauc.readPayload(polled);
    await eventually(async () => (await fleet.latest('dev-1'))?.state !== 'offered');
    expect(await fleet.latest('dev-1')).toMatchObject({
      state: 'downloading',
      attempts: 1,
      transactionId: null,
    });
    await fleet.close();
  });

  it('is proven by its version alone when it never tells of boots', async () => {
    const fleet = await startReleasedFleet();
    const said = (version: string) => ({ 'RAUC-Compatible': board, 'RAUC-System-Version': version });
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2', said('1.0.0'));
    await rauc.poll();
    await rauc.install();
    rauc.restart(said('2.0.0'));
    expect(await rauc.poll()).toMatchObject({ reason: 'up-to-date' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'proven' });
    await fleet.close();
  });
});

it.each([1, 2, 3])(
  'a device that installs and falls back again and again is stopped after %d tries',
  async (maxTries) => {
    const fleet = await startReleasedFleet({ fleetRules: { maxTries } });
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    let answer = await rauc.poll();
    let installed = 0;
    for (; answer.statuses.at(-1) === 206; installed += 1) {
      expect(installed).toBeLessThan(10);
      await rauc.install(`t-${installed}`);
      fleet.wait(300);
      rauc.restart(raucHeaders(board, '1.0.0', `dev-1-boot-${installed + 2}`));
      answer = await rauc.poll();
    }
    expect({ installed, ...answer }).toMatchObject({
      installed: maxTries,
      statuses: [204],
      reason: 'failed-before',
    });
    for (let day = 0; day < 3; day += 1) {
      fleet.wait(86_400);
      expect(await rauc.poll()).toMatchObject({ reason: 'failed-before' });
    }
    await fleet.close();
  },
);

describe('ranges', () => {
  /** Counts what the fleet asks of the database. */
  function counted() {
    const calls: Record<string, number> = {};
    const count = (name: string) => {
      calls[name] = (calls[name] ?? 0) + 1;
    };
    const changeStore = ({ devices, listing, catalog }: OpenStore): Partial<OpenStore> => ({
      devices: countCalls(devices, count),
      listing: countCalls(listing, count),
      catalog: countCalls(catalog, count),
    });
    return { calls, changeStore };
  }

  function countCalls<Port extends object>(port: Port, count: (name: string) => void): Port {
    return new Proxy(port, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          count(String(key));
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  }

  it.each(protocols)('cost no work of the database, by the thousand, over %s', async (protocol) => {
    const { calls, changeStore } = counted();
    const fleet = await startReleasedFleet({ changeStore });
    const { client, rauc } = await fleet.connect('dev-1', protocol);
    await rauc.poll();
    const { pinned = '' } = await rauc.install('t-1');
    await fleet.services.runHousekeeping();
    await fleet.services.checkStoredImages.run();
    const { version: looked = 0, ...before } = calls;
    const named = { 'RAUC-Transaction-ID': 't-1' }; // as when a person configured it for every request
    for (let round = 0; round < 40; round += 1) {
      const asked = Array.from({ length: 50 }, (_, index) =>
        client.request(pinned, {
          Range: `bytes=${index * 1024}-${index * 1024 + 1023}`,
          ...(index % 2 === 0 ? {} : named),
        }),
      );
      for (const { status, body } of await Promise.all(asked)) {
        expect({ status, length: body.length }).toEqual({ status: 206, length: 1024 });
      }
    }
    const { version = 0, ...after } = calls;
    expect(after).toEqual(before);
    expect(version - looked).toBeLessThan(isOnPostgres ? 500 : 1); // with PostgreSQL, servers look every second
    await fleet.close();
  });

  it('are counted in memory and written together, in one transaction at each beat', async () => {
    const fleet = await startReleasedFleet();
    const ids = ['dev-1', 'dev-2', 'dev-3'];
    const devices = await Promise.all(ids.map((id) => fleet.connect(id, 'HTTP/2')));
    const pinned: string[] = [];
    for (const { rauc } of devices) {
      await rauc.poll();
      pinned.push((await rauc.open('t-1')).pinned ?? '');
    }
    const counted = () => Promise.all(ids.map(async (id) => (await fleet.latest(id))?.bytesSent ?? 0));
    const writesOfBeat = async () => (await countingWrites(() => fleet.services.runHousekeeping())).writes;
    await fleet.services.runHousekeeping();
    const writesOfNothing = await writesOfBeat();
    const sent = await counted();
    const { writes } = await countingWrites(async () => {
      for (let round = 0; round < 100; round += 1) {
        await Promise.all(
          devices.map(({ client }, index) => client.request(pinned[index] ?? '', { Range: 'bytes=0-9999' })),
        );
      }
    });
    expect(writes).toBe(0);
    expect(await writesOfBeat()).toBe(writesOfNothing + 1);
    expect(await writesOfBeat()).toBe(writesOfNothing);
    expect((await counted()).map((bytes, index) => bytes - (sent[index] ?? 0))).toEqual([
      1_000_000, 1_000_000, 1_000_000,
    ]);
    const { dataDir, certsDir } = fleet;
    await fleet.close();
    const again = await startReleasedFleet({ dataDir, certsDir, released: null });
    expect((await again.latest('dev-2'))?.bytesSent).toBe((sent[1] ?? 0) + 1_000_000);
    await again.close();
  });
});
