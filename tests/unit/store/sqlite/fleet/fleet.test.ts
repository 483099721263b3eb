import { randomUUID } from 'node:crypto';
import { newcomer } from '../../../../../src/core/device-record';
import { DomainError } from '../../../../../src/core/errors';
import { theServer } from '../../../../../src/core/event';
import { SqliteFleet } from '../../../../../src/store/sqlite/fleet/fleet';
import { maxUnpacked, maxUnpackedOfMany } from '../../../../../src/store/sqlite/fleet/unpacked-records';
import type { DeviceWrite, FleetRecords } from '../../../../../src/store/sqlite/fleet/fleet-records';
import { openDatabase } from '../../../../../src/store/sqlite/database';
import { createDeviceRecords } from '../../../../../src/store/sqlite/device-records';
import { SqliteJournal } from '../../../../../src/store/sqlite/journal-records';
import { type OpenStore, openStore } from '../../../../../src/store/store';
import { anyReason } from '../../../../support/any-reason';
import { addDevice, changeDevice, deviceOnDisk, deviceSettled } from '../../../../support/fleet-updates';
import { deviceOf } from '../../../../support/device-factory';
import { installationOf, madeAt } from '../../../../support/fleet-factory';
import { readJournal } from '../../../../support/journal';
import { temporaryFolder } from '../../../../support/programs';
import { refusal } from '../../../../support/refusal';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let dataDir: string;
let store: OpenStore;
/** How long the server has been there. */
let ageMs = 0;

beforeEach(async () => {
  ageMs = 0;
  dataDir = await temporaryFolder();
  await reopen();
});

afterEach(() => store.close());

async function reopen(): Promise<void> {
  store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
}

/** A fleet on the real database, with some of what it calls replaced. */
function fleetWith(
  change: Partial<FleetRecords> = {},
  releaseIds: readonly number[] = [],
): Promise<SqliteFleet> {
  return SqliteFleet.open({
    devices: { ...store.devices, ...change },
    releaseIds,
    offerLifetimeMs: 3_600_000,
    log: quiet,
    now: () => madeAt,
    ageMs: () => ageMs,
  });
}

/** A database that takes nothing until it is told. */
function stubborn() {
  let isFull = true;
  const write: FleetRecords['write'] = (...writes) =>
    isFull ? Promise.reject(new DomainError('storage-full', 'no space')) : store.devices.write(...writes);
  const makeRoom = () => {
    isFull = false;
  };
  return { write, makeRoom };
}

const nextId = (fleet: SqliteFleet) =>
  fleet.update('a', ({ nextInstallationId }) => ({ answer: nextInstallationId() }));

const registered = {
  kind: 'device.registered',
  at: madeAt,
  actor: theServer,
  reason: anyReason('new'),
} as const;

describe('what could not be written', () => {
  it('is known at once, counted, tried again, and then on disk', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({ write });
    await addDevice(fleet, deviceOf('a', { labels: ['lab'] }), [registered]);
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a' })] });
    await expect(deviceOnDisk(fleet, 'a')).rejects.toEqual(refusal('storage-full'));
    expect(await fleet.find('a')).toMatchObject({ installation: { state: 'offered' } });
    expect(fleet.unsavedDevices()).toBe(1);
    await fleet.flush();
    await deviceSettled(fleet, 'a');
    expect(fleet.unsavedDevices()).toBe(1);

    makeRoom();
    await fleet.flush();
    await deviceSettled(fleet, 'a');
    expect(fleet.unsavedDevices()).toBe(0);
    expect(await store.devices.find('a')).toEqual(await fleet.find('a'));
    expect((await readJournal(dataDir)).map(({ kind }) => kind)).toEqual(['device.registered']);
  });

  it('is written with what came after it, the newest of each', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({ write });
    await addDevice(fleet, deviceOf('a', { firstContactAt: null, labels: ['lab'] }));
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a' })] });
    await deviceSettled(fleet, 'a');
    const facts = { systemVersion: '3.0.0' };
    changeDevice(fleet, 'a', {
      device: deviceOf('a', { labels: ['lab'], facts }),
      installations: [installationOf({ deviceId: 'a', state: 'downloading' })],
    });
    await deviceSettled(fleet, 'a');
    makeRoom();
    await deviceOnDisk(fleet, 'a');
    expect(await store.devices.find('a')).toMatchObject({
      device: { labels: ['lab'], facts },
      installation: { state: 'downloading' },
    });
  });

  it('drops the oldest lines of the journal rather than to fill the memory', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({ write });
    await addDevice(fleet, deviceOf('a'));
    for (let count = 0; count < 70; count += 1) {
      changeDevice(fleet, 'a', { events: [{ ...registered, after: { count } }] });
      await deviceSettled(fleet, 'a');
    }
    makeRoom();
    await deviceOnDisk(fleet, 'a');
    const counts = (await readJournal(dataDir)).map(({ after }) => after);
    expect(counts).toEqual(Array.from({ length: 50 }, (_, index) => ({ count: index + 20 })));
  });

  it('keeps a person from deciding, and no decision is made', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({ write });
    await addDevice(fleet, deviceOf('a'));
    const decision = fleet.decisions.decide(
      'a',
      () => ({ notes: 'x' }),
      () => [],
    );
    await expect(decision).rejects.toEqual(refusal('storage-full'));
    expect((await fleet.get('a')).device.notes).toBe('');
    makeRoom();
    await deviceOnDisk(fleet, 'a');
    expect((await store.devices.find('a'))?.device.notes).toBe('');
  });
});

describe('what a person could not decide', () => {
  it('shows on none of many devices', async () => {
    let isFull = true;
    const fleet = await fleetWith({
      decide: (decisions) =>
        isFull
          ? Promise.reject(new DomainError('storage-full', 'no space'))
          : store.devices.decide(decisions),
    });
    for (const id of ['a', 'b']) await addDevice(fleet, deviceOf(id));
    const decide = () =>
      fleet.decisions.decideAll(
        ['a', 'nobody', 'b'],
        () => ({ notes: 'x' }),
        () => [registered],
      );
    expect((await decide()).failed.map(({ id, error: { code } }) => `${id}: ${code}`)).toEqual([
      'nobody: not-found',
      'a: storage-full',
      'b: storage-full',
    ]);
    expect(await Promise.all(['a', 'b'].map(async (id) => (await fleet.get(id)).device.notes))).toEqual([
      '',
      '',
    ]);
    isFull = false;
    expect(await decide()).toMatchObject({ done: ['a', 'b'], failed: [{ id: 'nobody' }] });
    expect(await Promise.all(['a', 'b'].map(async (id) => (await fleet.get(id)).device.notes))).toEqual([
      'x',
      'x',
    ]);
  });

  it('clears none of many devices', async () => {
    const { write, makeRoom } = stubborn();
    let isStubborn = false;
    const fleet = await fleetWith({
      write: (...writes) => (isStubborn ? write(...writes) : store.devices.write(...writes)),
    });
    for (const [index, id] of ['a', 'b'].entries()) {
      await addDevice(fleet, deviceOf(id));
      changeDevice(fleet, id, {
        installations: [installationOf({ id: index + 1, deviceId: id, state: 'failed' })],
      });
      await deviceOnDisk(fleet, id);
    }
    const clear = () =>
      fleet.decisions.interveneAll(['a', 'b'], (_, installations) => ({
        installations: installations.map((one) => ({ ...one, clearedAt: madeAt })),
        events: [registered],
      }));
    isStubborn = true;
    expect((await clear()).failed.map(({ id, error: { code } }) => `${id}: ${code}`)).toEqual([
      'a: storage-full',
      'b: storage-full',
    ]);
    expect([(await fleet.get('a')).failures.size, (await fleet.get('b')).failures.size]).toEqual([1, 1]);
    makeRoom();
    expect(await clear()).toEqual({ done: ['a', 'b'], failed: [] });
    expect([(await fleet.get('a')).failures.size, (await fleet.get('b')).failures.size]).toEqual([0, 0]);
    expect(await readJournal(dataDir)).toHaveLength(2);
  });

  it('is not there later: a device that was made, an installation that was cancelled', async () => {
    const { write, makeRoom } = stubborn();
    let isStubborn = false;
    const fleet = await fleetWith(
      { write: (what) => (isStubborn ? write(what) : store.devices.write(what)) },
      [1],
    );
    await addDevice(fleet, deviceOf('a'));
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a', state: 'downloading' })] });
    await deviceOnDisk(fleet, 'a');
    isStubborn = true;
    await expect(fleet.decisions.make(deviceOf('b'), [registered])).rejects.toEqual(refusal('storage-full'));
    const cancelled = installationOf({ deviceId: 'a', state: 'cancelling' });
    const intervention = fleet.decisions.intervene('a', () => ({
      installations: [cancelled],
      events: [registered],
    }));
    await expect(intervention).rejects.toEqual(refusal('storage-full'));
    expect(await fleet.find('b')).toBeUndefined();
    expect((await fleet.get('a')).installation?.state).toBe('downloading');

    makeRoom();
    await fleet.flush();
    await fleet.close();
    expect(await store.devices.find('b')).toBeUndefined();
    expect((await store.devices.find('a'))?.installation?.state).toBe('downloading');
    expect(await readJournal(dataDir)).toEqual([]);
    expect(fleet.unsavedDevices()).toBe(0);
  });
});

describe('a write that takes long', () => {
  it('lets a device go on after a second, and takes what changes meanwhile along with the next', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      const released: (() => void)[] = [];
      const written: DeviceWrite[] = [];
      const write: FleetRecords['write'] = async (what) => {
        written.push(what);
        if (written.length === 1) await new Promise<void>((resolve) => released.push(resolve));
        await store.devices.write(what);
      };
      const fleet = await fleetWith({ write });
      await addDevice(fleet, deviceOf('a'));
      changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a' })] });
      changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a', state: 'downloading' })] });
      let isAnswered = false;
      void deviceSettled(fleet, 'a').then(() => {
        isAnswered = true;
      });
      await jest.advanceTimersByTimeAsync(999);
      expect(isAnswered).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(isAnswered).toBe(true);
      released[0]?.();
      await deviceOnDisk(fleet, 'a');
      expect(written.map(({ installations = [] }) => installations.map(({ state }) => state))).toEqual([
        [],
        ['downloading'],
      ]);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a decision and a contact in the same moment', () => {
  it('leave each other what they changed, in memory and on disk', async () => {
    let during = () => undefined as unknown;
    const decide: FleetRecords['decide'] = (...decision) => {
      const done = store.devices.decide(...decision);
      during();
      return done;
    };
    const fleet = await fleetWith({ decide });
    await addDevice(fleet, deviceOf('a'));
    during = async () => {
      const { device } = await fleet.get('a');
      changeDevice(fleet, 'a', { device: { ...device, facts: { ...device.facts, systemVersion: '2.0.0' } } });
    };
    await fleet.decisions.decide(
      'a',
      () => ({ notes: 'noted', labels: ['lab'] }),
      () => [],
    );
    await deviceOnDisk(fleet, 'a');
    const both = { notes: 'noted', labels: ['lab'], facts: { systemVersion: '2.0.0' } };
    expect((await fleet.get('a')).device).toMatchObject(both);
    expect((await store.devices.find('a'))?.device).toMatchObject(both);
  });

  it('call off what the device has come to, once for each of its states', async () => {
    let during = () => undefined as unknown;
    const write: FleetRecords['write'] = (what) => {
      const done = store.devices.write(what);
      during();
      return done;
    };
    const fleet = await fleetWith({ write }, [1]);
    await addDevice(fleet, deviceOf('a'));
    changeDevice(fleet, 'a', { installations: [installationOf({ id: 1, deviceId: 'a', state: 'failed' })] });
    changeDevice(fleet, 'a', { installations: [installationOf({ id: 2, deviceId: 'a' })] });
    await deviceOnDisk(fleet, 'a');
    during = () => {
      during = () => undefined;
      const begun = installationOf({ id: 2, deviceId: 'a', state: 'downloading', startedAt: madeAt });
      changeDevice(fleet, 'a', { installations: [begun] });
    };
    await fleet.decisions.intervene('a', ({ installation }, installations) => {
      if (installation === null) throw new Error('it is there');
      const state = installation.startedAt === null ? ('cancelled' as const) : ('cancelling' as const);
      const failed = installations.find(({ id }) => id === 1);
      if (failed === undefined) throw new Error('it is there');
      return {
        installations: [
          { ...installation, state },
          ...(failed.clearedAt === null ? [{ ...failed, clearedAt: madeAt }] : []),
        ],
        events: [{ ...registered, reason: anyReason(state), after: { state } }, registered],
      };
    });
    await fleet.close();
    expect(await fleet.get('a')).toMatchObject({
      installation: { state: 'cancelling' },
      failures: new Map(),
      interruptions: new Map(),
    });
    expect(await store.devices.find('a')).toEqual(await fleet.get('a'));
    expect(await fleet.counting((numbers) => numbers.inProgress(1))).toBe(1);
    expect((await readJournal(dataDir)).map(({ after }) => after)).toEqual([
      { state: 'cancelled' },
      null,
      { state: 'cancelling' },
    ]);
  });

  it('leave a device that is cleared what it tells meanwhile, and ask again about one that goes on', async () => {
    let during = () => undefined as unknown;
    const write: FleetRecords['write'] = (...writes) => {
      const done = store.devices.write(...writes);
      during();
      return done;
    };
    const fleet = await fleetWith({ write }, [1]);
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await addDevice(fleet, deviceOf(id, { pollerOmits: ['boot-id'] }));
      changeDevice(fleet, id, {
        installations: [installationOf({ id: index + 1, deviceId: id, state: 'failed' })],
      });
      await deviceOnDisk(fleet, id);
    }
    during = () => {
      during = () => undefined;
      const { device } = fleet.recent('a') ?? { device: deviceOf('a') };
      changeDevice(fleet, 'a', { device: { ...device, facts: { ...device.facts, systemVersion: '2.0.0' } } });
      changeDevice(fleet, 'b', { installations: [installationOf({ id: 4, deviceId: 'b' })] });
    };
    const asked: string[] = [];
    const { done, failed } = await fleet.decisions.interveneAll(
      ['a', 'b', 'c', 'nobody'],
      ({ device }, installations) => {
        asked.push(device.id);
        const cleared = installations.filter(
          ({ state, clearedAt }) => state === 'failed' && clearedAt === null,
        );
        return {
          installations: cleared.map((one) => ({ ...one, clearedAt: madeAt })),
          events: [{ ...registered, reason: anyReason(device.id) }],
          change: (before) => ({ ...before, pollerOmits: null }),
        };
      },
    );
    expect([done, failed.map(({ id }) => id)]).toEqual([['a', 'c', 'b'], ['nobody']]);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    await fleet.close();
    for (const id of ['a', 'b', 'c']) {
      const record = await fleet.get(id);
      expect(record).toMatchObject({ device: { pollerOmits: null }, failures: new Map() });
      expect(await store.devices.find(id)).toEqual(record);
    }
    expect((await fleet.get('a')).device.facts.systemVersion).toBe('2.0.0');
    expect((await fleet.get('b')).installation).toMatchObject({ id: 4, state: 'offered' });
    expect(await readJournal(dataDir)).toHaveLength(3); // one for each, though b was asked twice
  });

  it('make a device once, with what the person wanted and what it told', async () => {
    let during = () => undefined as unknown;
    const write: FleetRecords['write'] = (what) => {
      const done = store.devices.write(what);
      during();
      return done;
    };
    const fleet = await fleetWith({ write });
    during = () => {
      during = () => undefined;
      void addDevice(fleet, deviceOf('a', { admission: 'waiting', facts: { systemVersion: '2.0.0' } }));
    };
    await fleet.decisions.make(deviceOf('a', { admission: 'admitted', labels: ['lab'] }), []);
    await expect(fleet.decisions.make(deviceOf('a'), [])).rejects.toEqual(refusal('conflict'));
    await fleet.close();
    const both = { admission: 'admitted', labels: ['lab'], facts: { systemVersion: '2.0.0' } };
    expect((await fleet.get('a')).device).toMatchObject(both);
    expect((await store.devices.find('a'))?.device).toMatchObject(both);
  });

  it('undo nothing that another program decides about the same device', async () => {
    const other = openDatabase(dataDir);
    const devices = createDeviceRecords(other, new SqliteJournal(other));
    try {
      const fleet = await fleetWith();
      await addDevice(fleet, deviceOf('a'));
      await deviceOnDisk(fleet, 'a');
      await devices.decide([{ id: 'a', change: { notes: 'on a desk', channel: 'beta' }, events: [] }]);
      await fleet.decisions.decide(
        'a',
        () => ({ labels: ['lab'] }),
        () => [],
      );
      expect((await store.devices.find('a'))?.device).toMatchObject({
        notes: 'on a desk',
        channel: 'beta',
        labels: ['lab'],
      });
    } finally {
      other.close();
    }
  });

  it('two decisions come one after the other', async () => {
    const fleet = await fleetWith();
    await addDevice(fleet, deviceOf('a'));
    const add = (label: string) =>
      fleet.decisions.decide(
        'a',
        ({ labels }) => ({ labels: [...labels, label] }),
        () => [],
      );
    await Promise.all([add('one'), add('two'), add('three')]);
    expect((await store.devices.find('a'))?.device.labels.toSorted()).toEqual(['one', 'three', 'two']);
  });
});

describe('a device that is forgotten', () => {
  it('is not brought back by what it tells in the same moment', async () => {
    let during = () => undefined as unknown;
    const forget: FleetRecords['forget'] = (...what) => {
      const done = store.devices.forget(...what);
      during();
      return done;
    };
    const fleet = await fleetWith({ forget });
    await addDevice(fleet, deviceOf('a'));
    during = () =>
      changeDevice(fleet, 'a', {
        device: deviceOf('a'),
        installations: [installationOf({ deviceId: 'a', state: 'downloading' })],
      });
    await fleet.decisions.forget('a', () => []);
    await fleet.flush();
    await fleet.close();
    expect(await fleet.find('a')).toBeUndefined();
    expect(await store.devices.find('a')).toBeUndefined();
    expect(fleet.unsavedDevices()).toBe(0);
    expect(await fleet.counting((numbers) => numbers.inProgress(1))).toBe(0);
  });

  it('stays, with what it told meanwhile, when that cannot be written', async () => {
    const forget = () => Promise.reject(new DomainError('unavailable', 'locked'));
    const fleet = await fleetWith({ forget });
    await addDevice(fleet, deviceOf('a'));
    const forgotten = fleet.decisions.forget('a', () => []);
    await expect(forgotten).rejects.toEqual(refusal('unavailable'));
    changeDevice(fleet, 'a', { device: deviceOf('a', { facts: { systemVersion: '2' } }) });
    await deviceOnDisk(fleet, 'a');
    expect((await store.devices.find('a'))?.device.facts.systemVersion).toBe('2');
  });

  it('does not count for its releases any more, with none of its installations', async () => {
    const fleet = await fleetWith({}, [1]);
    await addDevice(fleet, deviceOf('a'));
    changeDevice(fleet, 'a', { installations: [installationOf({ id: 1, deviceId: 'a', state: 'failed' })] });
    changeDevice(fleet, 'a', {
      installations: [installationOf({ id: 2, deviceId: 'a', state: 'rolled-back' })],
    });
    changeDevice(fleet, 'a', {
      installations: [installationOf({ id: 3, deviceId: 'a', state: 'downloading' })],
    });
    expect([
      await fleet.counting((numbers) => numbers.failures(1)),
      await fleet.counting((numbers) => numbers.inProgress(1)),
    ]).toEqual([1, 1]);
    await fleet.decisions.forget('a', () => []);
    expect([
      await fleet.counting((numbers) => numbers.failures(1)),
      await fleet.counting((numbers) => numbers.inProgress(1)),
    ]).toEqual([0, 0]);
  });
});

describe('bytes and last contacts', () => {
  it('are batched, and on disk after a flush', async () => {
    const fleet = await fleetWith();
    await addDevice(fleet, deviceOf('a'));
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a', state: 'downloading' })] });
    await deviceOnDisk(fleet, 'a');
    const later = new Date(madeAt.getTime() + 60_000);
    const seen = { ...(await fleet.get('a')).device, lastContactAt: later, address: '192.0.2.77' };
    changeDevice(fleet, 'a', { seen });
    fleet.countBytes('a', 100, madeAt);
    fleet.countBytes('a', 50, madeAt);
    fleet.countBytes('nobody', 7, madeAt);
    expect((await store.devices.find('a'))?.installation?.bytesSent).toBe(0);
    await fleet.flush();
    expect(await store.devices.find('a')).toMatchObject({
      device: { lastContactAt: later, address: '192.0.2.77' },
      installation: { bytesSent: 150 },
    });
  });

  it('are not taken back by a change that is written after them', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({
      write: (what) => ((what.installations ?? []).length > 0 ? write(what) : store.devices.write(what)),
    });
    await addDevice(fleet, deviceOf('a'));
    await deviceOnDisk(fleet, 'a');
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a', state: 'downloading' })] });
    await deviceSettled(fleet, 'a');
    fleet.countBytes('a', 100, madeAt);
    await fleet.flush();
    makeRoom();
    await deviceOnDisk(fleet, 'a');
    expect((await store.devices.find('a'))?.installation?.bytesSent).toBe(100);
  });

  it('are tried again when they could not be written', async () => {
    let isLocked = true;
    const writeSeen: FleetRecords['writeSeen'] = (seen) =>
      isLocked ? Promise.reject(new DomainError('unavailable', 'locked')) : store.devices.writeSeen(seen);
    const fleet = await fleetWith({ writeSeen });
    await addDevice(fleet, deviceOf('a'));
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a' })] });
    await deviceOnDisk(fleet, 'a');
    fleet.countBytes('a', 100, madeAt);
    await expect(fleet.flush()).rejects.toEqual(refusal('unavailable'));
    isLocked = false;
    await fleet.flush();
    expect((await store.devices.find('a'))?.installation?.bytesSent).toBe(100);
  });
});

describe('a release that is counted again', () => {
  it('knows the latest end of an offer, also one that is not on disk yet', async () => {
    let written = Promise.resolve();
    let isSlow = false;
    const fleet = await fleetWith({
      writeSeen: async (seen) => {
        if (isSlow) await written;
        await store.devices.writeSeen(seen);
      },
    });
    await addDevice(fleet, deviceOf('a'));
    const soon = new Date(madeAt.getTime() + 60_000);
    const offered = installationOf({ deviceId: 'a', offerEndsAt: soon });
    changeDevice(fleet, 'a', { installations: [offered] });
    await deviceOnDisk(fleet, 'a');
    changeDevice(fleet, 'a', { renewed: installationOf({ deviceId: 'a', polls: 2 }) });
    await fleet.recount(1);
    ageMs = 120_000;
    expect(await fleet.counting((numbers) => numbers.inProgress(1))).toBe(1);

    ageMs = 0;
    let finish: () => void = () => undefined;
    written = new Promise((resolve) => (finish = resolve));
    isSlow = true;
    const flushed = fleet.flush(); // on its way
    await fleet.recount(1);
    ageMs = 120_000;
    expect(await fleet.counting((numbers) => numbers.inProgress(1))).toBe(1);
    finish();
    await flushed;
  });
});

describe('a restart', () => {
  it('goes on with numbers and counts', async () => {
    const fleet = await fleetWith();
    await addDevice(fleet, deviceOf('a'));
    const first = installationOf({ id: await nextId(fleet), deviceId: 'a', state: 'failed' });
    const second = installationOf({ id: await nextId(fleet), deviceId: 'a', state: 'downloading' });
    changeDevice(fleet, 'a', { installations: [first, second] });
    await fleet.close();
    store.close();
    await reopen();
    const again = await fleetWith({}, [1]);
    expect(await nextId(again)).toBe(second.id + 1);
    expect(await again.get('a')).toEqual(await fleet.get('a'));
    expect((await again.get('a')).failures).toEqual(new Map([[first.sha256, 1]]));
    expect([
      await again.counting((numbers) => numbers.failures(1)),
      await again.counting((numbers) => numbers.inProgress(1)),
    ]).toEqual([1, 1]);
  });

  it('is told of by the numbers of installations: they end with 32 bits', async () => {
    const fleet = await fleetWith({ lastInstallationId: () => Promise.resolve(2 ** 31 - 2) });
    expect(await nextId(fleet)).toBe(2 ** 31 - 1);
    await expect(nextId(fleet)).rejects.toEqual(refusal('unavailable'));
  });
});

describe('devices in memory', () => {
  it('are those heard last; one with unwritten changes never leaves', async () => {
    const read: string[] = [];
    const find: FleetRecords['find'] = (id) => {
      read.push(id);
      const counted = { failures: new Map(), interruptions: new Map() };
      return Promise.resolve({ device: deviceOf(id), installation: null, ...counted });
    };
    const { write } = stubborn();
    const fleet = await fleetWith({ find, write });
    await fleet.find('unsaved');
    changeDevice(fleet, 'unsaved', { device: deviceOf('unsaved', { notes: 'not on disk' }) });
    await deviceSettled(fleet, 'unsaved');
    await fleet.find('often');
    await fleet.find('once');
    for (let index = 0; index < 100_000; index += 1) {
      await fleet.find(`dev-${index}`);
      if (index % 1_000 === 0) await fleet.find('often');
    }
    read.length = 0;
    for (const id of ['unsaved', 'often', 'dev-99999', 'once'])
      expect((await fleet.get(id)).device.id).toBe(id);
    expect(read).toEqual(['once']);
    expect((await fleet.get('unsaved')).device.notes).toBe('not on disk');
  });
});

describe('a fleet that is large', () => {
  const count = maxUnpacked + 2 * maxUnpackedOfMany;
  const idOf = (index: number) => `dev-${String(index)}`;

  it('is as it was, also of devices that were not heard for long', async () => {
    const written: string[] = [];
    const fleet = await fleetWith({
      find: (id) => Promise.resolve(id.startsWith('dev-') ? newcomer(deviceOf(id)) : undefined),
      write: (...writes) => {
        for (const { device } of writes) if (device !== undefined) written.push(device.notes);
        return Promise.resolve();
      },
    });
    await fleet.find(idOf(0));
    const first = installationOf({ id: 5, deviceId: idOf(0), state: 'failed' });
    changeDevice(fleet, idOf(0), { device: deviceOf(idOf(0), { notes: 'first' }), installations: [first] });
    await deviceSettled(fleet, idOf(0));
    const before = await fleet.get(idOf(0));
    for (let index = 1; index < count; index += 1) await fleet.find(idOf(index));
    const after = await fleet.get(idOf(0));
    expect(after).not.toBe(before); // it was packed meanwhile
    expect(after).toEqual(before);
    changeDevice(fleet, idOf(0), { device: { ...after.device, notes: 'second' } });
    await deviceSettled(fleet, idOf(0));
    expect(written).toEqual(['first', 'second']);
  });

  it('forgets nothing that is not on disk yet of a device that is packed', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({
      write,
      find: (id) =>
        id.startsWith('dev-') ? Promise.resolve(newcomer(deviceOf(id))) : store.devices.find(id),
    });
    await addDevice(fleet, deviceOf('a', { notes: 'not on disk' }), [registered]);
    changeDevice(fleet, 'a', { installations: [installationOf({ deviceId: 'a', state: 'downloading' })] });
    await deviceSettled(fleet, 'a');
    fleet.countBytes('a', 100, madeAt);
    for (let index = 0; index < count; index += 1) await fleet.find(idOf(index));
    makeRoom();
    await fleet.flush();
    await deviceOnDisk(fleet, 'a');
    expect(await store.devices.find('a')).toMatchObject({
      device: { notes: 'not on disk' },
      installation: { state: 'downloading', bytesSent: 100 },
    });
    expect(await readJournal(dataDir)).toHaveLength(1);
  });
});

describe('200 devices that ask at once', () => {
  /** What each claims: a place among five, if there is one. */
  const claim = (fleet: SqliteFleet, deviceId: string) =>
    fleet.update(deviceId, ({ releases, nextInstallationId }) => {
      const device = deviceOf(deviceId);
      if (releases.inProgress(1) >= 5) return { answer: false, device };
      return {
        answer: true,
        device,
        installations: [installationOf({ id: nextInstallationId(), deviceId })],
      };
    });

  it('get the five places of their release, and never six', async () => {
    const fleet = await fleetWith({}, [1]);
    const devices = Array.from({ length: 200 }, (_, index) => `dev-${String(index)}`);
    const answers = await Promise.all(devices.map((id) => claim(fleet, id)));
    expect(answers.filter((isOffered) => isOffered)).toHaveLength(5);
    await fleet.close();
    expect((await store.devices.counts([1], madeAt))[0]?.offers.length).toBe(5);
  });

  it('get five also while nothing can be written', async () => {
    const { write, makeRoom } = stubborn();
    const fleet = await fleetWith({ write }, [1]);
    const devices = Array.from({ length: 200 }, (_, index) => `dev-${String(index)}`);
    const answers = await Promise.all(devices.map((id) => claim(fleet, id)));
    expect(answers.filter((isOffered) => isOffered)).toHaveLength(5);
    makeRoom();
    await fleet.close();
    expect((await store.devices.counts([1], madeAt))[0]?.offers.length).toBe(5);
  });
});

describe('an update that throws', () => {
  it('changes nothing', async () => {
    const fleet = await fleetWith();
    await addDevice(fleet, deviceOf('a'));
    await deviceOnDisk(fleet, 'a');
    const before = await fleet.get('a');
    const failing = fleet.update('a', () => {
      throw new DomainError('forbidden', 'no');
    });
    await expect(failing).rejects.toEqual(refusal('forbidden'));
    expect(await fleet.get('a')).toEqual(before);
    expect(fleet.unsavedDevices()).toBe(0);
  });
});
