import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../../../src/core/errors';
import { makeBundle } from '../../../support/bundle-factory';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';

const person = { name: 'local', address: null };

let opened: OpenedServices;
beforeEach(async () => {
  opened = await openServices();
  await opened.publish((await makeBundle({ compatible: 'acme' })).path, { name: 'a.raucb' });
});
afterEach(() => opened.close());

const remove = (name: string, force = false) =>
  opened.services.deleteBundle.delete({ name, force, actor: 'local' });

it('deletes a bundle: file, listing and downloads', async () => {
  expect(await remove('a.raucb')).toMatchObject({ name: 'a.raucb' });
  expect(opened.services.listBundles.list()).toEqual([]);
  expect(opened.services.readBundle.find('a.raucb')).toBeUndefined();
  expect(() => opened.services.listBundles.get('a.raucb')).toThrow(refusal('not-found'));
  expect(await readdir(path.join(opened.dataDir, 'bundles'))).toEqual(['.incoming']);
});

it('says that there was nothing to delete', async () => {
  await expect(remove('b.raucb')).rejects.toMatchObject({ code: 'not-found' });
  await expect(remove('../server.db')).rejects.toMatchObject({ code: 'not-found' });
  await remove('a.raucb');
  await expect(remove('a.raucb')).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses a bundle that is current, and says where', async () => {
  await opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' });
  await expect(remove('a.raucb')).rejects.toMatchObject({
    code: 'conflict',
    details: { activeFor: [{ compatible: 'acme', channel: 'stable' }] },
  });
  await opened.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
  await remove('a.raucb');
});

it('never deletes what is being activated at the same time', async () => {
  const [activated, deleted] = await Promise.allSettled([
    opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' }),
    remove('a.raucb'),
  ]);
  expect([activated.status, deleted.status]).toEqual(['fulfilled', 'rejected']);
  expect(await opened.offered('acme')).toBe('a.raucb');
});

it('never deletes what a device is just being pinned to', async () => {
  await opened.close();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  opened = await openServices({
    dataDir: opened.dataDir,
    changeStore: (store) => ({
      openFleet: async (options) => {
        const fleet = await store.openFleet(options);
        const decide = fleet.decisions.decide.bind(fleet.decisions);
        jest.spyOn(fleet.decisions, 'decide').mockImplementation((id, change, tell) => {
          const noticed: typeof change = (device) => {
            begin();
            return change(device);
          };
          return decide(id, noticed, tell);
        });
        return fleet;
      },
    }),
  });
  const { manageDevices, readBundle } = opened.services;
  await manageDevices.create('board-1', {}, person);
  const pinning = manageDevices.pin('board-1', 'a.raucb', person);
  await begun; // it is on its way to the disk
  const [pinned, deleted] = await Promise.allSettled([pinning, remove('a.raucb')]);
  expect([pinned.status, deleted.status]).toEqual(['fulfilled', 'rejected']);
  expect(deleted).toMatchObject({ reason: refusal('conflict') });
  expect(readBundle.find('a.raucb')).toBeDefined();
  await manageDevices.unpin('board-1', person);
  await remove('a.raucb');
});

it('keeps the deletion across a restart', async () => {
  await remove('a.raucb');
  await opened.close();
  opened = await openServices({ dataDir: opened.dataDir });
  expect(opened.services.listBundles.list()).toEqual([]);
});

describe('a bundle that devices need', () => {
  let at = new Date('2026-11-02T12:00:00Z');
  const device = (id: string) =>
    new SimulatedDevice(opened.services, id, { compatible: 'acme', now: () => at });

  /** Two devices are told of the bundle, then another one is released. */
  beforeEach(async () => {
    await opened.close();
    opened = await openServices({ dataDir: opened.dataDir, now: () => at });
    await opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' });
    await device('told').poll();
    await device('begun').poll();
    await device('begun').poll('t-1');
    await opened.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
  });

  const needed = (details: object) => ({ code: 'conflict', details });

  it('is refused while they may ask for it, and goes once the offer has ended and the other was cancelled', async () => {
    await expect(remove('a.raucb')).rejects.toMatchObject(needed({ openInstallations: 2, pins: 0 }));
    at = new Date(at.getTime() + 3_600_001);
    await expect(remove('a.raucb')).rejects.toMatchObject(needed({ openInstallations: 1 }));
    await opened.services.manageDevices.cancel('begun', person);
    await remove('a.raucb');
  });

  it('is refused while one has installed it and not booted, and goes once it is proven', async () => {
    const begun = device('begun');
    await begun.report('installed', { transactionId: 't-1' });
    await opened.services.manageDevices.cancel('told', person);
    await expect(remove('a.raucb')).rejects.toMatchObject(needed({ openInstallations: 1 }));
    begun.boot('1.0.0');
    await begun.poll();
    await remove('a.raucb');
  });

  it('is refused while one is pinned to it, by name', async () => {
    for (const id of ['told', 'begun']) await opened.services.manageDevices.cancel(id, person);
    await opened.services.manageDevices.pin('told', 'a.raucb', person);
    await expect(remove('a.raucb')).rejects.toMatchObject({
      ...needed({ openInstallations: 0, pinnedDevices: ['told'] }),
      message: expect.stringContaining('told') as string,
    });
    await opened.services.manageDevices.unpin('told', person);
    await remove('a.raucb');
  });

  it('goes by force, unless it is current', async () => {
    await opened.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' });
    await expect(remove('a.raucb', true)).rejects.toMatchObject({ code: 'conflict' });
    await opened.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
    await remove('a.raucb', true);
    expect(opened.services.listBundles.list()).toEqual([]);
  });
});

describe('on a full disk', () => {
  const full = new DomainError('storage-full', 'the disk is full');
  const bundles = () => readdir(path.join(opened.dataDir, 'bundles'));
  let hasRoom: () => Promise<boolean>;
  let wasTried: boolean;

  beforeEach(async () => {
    await opened.close();
    wasTried = false;
    opened = await openServices({
      dataDir: opened.dataDir,
      changeStore: ({ catalog, writability }) => ({
        catalog: {
          ...catalog,
          // As one that is opened to read alone: nothing is asked.
          tombstone: async (request) => {
            if (!(await hasRoom())) throw full;
            await catalog.tombstone(request);
          },
        },
        writability: {
          ...writability,
          tryAgain: () => {
            wasTried = true;
            return writability.tryAgain();
          },
        },
      }),
    });
  });

  it('a bundle makes room for its own deletion', async () => {
    hasRoom = async () => wasTried && !(await bundles()).includes('a.raucb');
    await remove('a.raucb');
    expect(opened.services.listBundles.list()).toEqual([]);
  });

  it('a bundle that made too little room is served no more, and is deleted later', async () => {
    hasRoom = () => Promise.resolve(false);
    await expect(remove('a.raucb')).rejects.toBe(full);
    expect(opened.services.readBundle.find('a.raucb')).toBeUndefined();
    hasRoom = () => Promise.resolve(true);
    await remove('a.raucb');
    await expect(remove('a.raucb')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['pinned', 'shared'])('a bundle keeps its file while it is %s', async (why) => {
    hasRoom = () => Promise.resolve(false);
    const { manageDevices } = opened.services;
    await manageDevices.create('board-1', {}, person);
    if (why === 'pinned') await manageDevices.pin('board-1', 'a.raucb', person);
    else await opened.publish((await makeBundle({ compatible: 'acme' })).path, { name: 'same.raucb' });
    await expect(remove('a.raucb')).rejects.toThrow(refusal(why === 'pinned' ? 'conflict' : 'storage-full'));
    expect(await bundles()).toContain('a.raucb');
    expect(opened.services.readBundle.find('a.raucb')).toBeDefined();
  });

  it('nothing goes where the disk can only be read', async () => {
    const readOnly = new DomainError('unavailable', 'the data folder is read-only');
    hasRoom = () => Promise.reject(readOnly);
    await expect(remove('a.raucb')).rejects.toBe(readOnly);
    expect(opened.services.readBundle.find('a.raucb')).toBeDefined();
  });
});
