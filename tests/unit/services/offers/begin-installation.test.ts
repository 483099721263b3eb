import { randomUUID } from 'node:crypto';
import type { Contact } from '../../../../src/core/contact';
import type { Installation } from '../../../../src/core/installation';
import type { InstallationState } from '../../../../src/core/installation-states';
import { patiencePolls } from '../../../../src/core/proof';
import { createBeginInstallation } from '../../../../src/services/offers/begin-installation';
import { DeviceDraft } from '../../../../src/services/devices/device-draft';
import { SqliteFleet } from '../../../../src/store/sqlite/fleet/fleet';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { deviceOf } from '../../../support/device-factory';
import { bundleOf, hourMs, installationOf, madeAt } from '../../../support/fleet-factory';
import { addDevice, deviceOnDisk } from '../../../support/fleet-updates';
import { temporaryFolder } from '../../../support/programs';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const bundle = bundleOf('board');

let store: OpenStore;
let fleet: SqliteFleet;
beforeEach(async () => {
  store = await openStore(await temporaryFolder(), { newName: randomUUID, pid: process.pid });
  fleet = await SqliteFleet.open({
    devices: store.devices,
    releaseIds: [],
    offerLifetimeMs: hourMs,
    log: quiet,
    now: () => madeAt,
    ageMs: () => 0,
  });
  await addDevice(fleet, deviceOf('dev-1'));
});
afterEach(async () => {
  await fleet.close();
  store.close();
});

/** The device has come so far with the bundle. */
function reached(state: InstallationState, change: Partial<Installation> = {}): void {
  const begun = { startedAt: madeAt, transactionId: 't-1', attempts: 1 };
  void fleet.update('dev-1', ({ nextInstallationId }) => ({
    answer: undefined,
    installations: [installationOf({ id: nextInstallationId(), state, ...begun, ...change })],
  }));
}

/** @returns the latest installation after the device was told of a bundle, or began */
function begin(transactionId: string | null, offered = bundle): Installation | null | undefined {
  const at = new Date(madeAt.getTime() + 60_000);
  const contact: Contact = { at, address: '192.0.2.1', protocol: 'h2', facts: {}, transactionId };
  const rollbackWindowMs = hourMs;
  const proofRules = { rollbackWindowMs, patiencePolls, failAfterPolls: 0, stalledAfterMs: hourMs };
  const beginInstallation = createBeginInstallation({ proofRules, offerLifetimeMs: hourMs });
  void fleet.update('dev-1', (sight) => {
    const draft = new DeviceDraft(sight);
    beginInstallation(draft, { bundle: offered, release: { id: 1 }, step: 0 }, contact);
    return draft.update(undefined);
  });
  return fleet.recent('dev-1')?.installation;
}

describe('a retry of an attempt that has ended', () => {
  it.each<InstallationState>(['failed', 'rejected', 'rolled-back', 'proven', 'withdrawn', 'cancelled'])(
    'is no other attempt: %s',
    (state) => {
      reached(state);
      const before = fleet.recent('dev-1')?.installation;
      expect(begin('t-1')).toEqual(before);
    },
  );

  it('is another one after a reboot has interrupted it', () => {
    reached('interrupted');
    expect(begin('t-1')).toMatchObject({ id: 2, state: 'downloading', transactionId: 't-1' });
  });

  it('is another one for another bundle', () => {
    reached('failed');
    const other = bundleOf('board', '3.0.0');
    expect(begin('t-1', other)).toMatchObject({ id: 2, state: 'downloading', bundleName: other.name });
  });

  it('is none under another name', () => {
    reached('failed');
    expect(begin('t-2')).toMatchObject({ id: 2, state: 'downloading', transactionId: 't-2', attempts: 1 });
  });

  it('is none of a device that names no attempts and is told again', () => {
    reached('withdrawn', { transactionId: null, startedAt: null, attempts: 0 });
    expect(begin(null)).toMatchObject({ id: 2, state: 'offered', transactionId: null, attempts: 0 });
  });
});

it('goes on with what is open, and withdraws it for another bundle', async () => {
  reached('downloading');
  expect(begin('t-1')).toMatchObject({ id: 1, state: 'downloading', attempts: 1 });
  expect(begin('t-2', bundleOf('board', '3.0.0'))).toMatchObject({ id: 2, state: 'downloading' });
  await deviceOnDisk(fleet, 'dev-1');
  const states = (await store.devices.installations('dev-1', 9)).map(({ state }) => state);
  expect(states).toEqual(['downloading', 'withdrawn']);
});
