import type { DeviceUpdates } from '../../../../src/ports/device-updates';
import { makeBundle } from '../../../support/bundle-factory';
import { polled, reported } from '../../../support/device-events';
import { openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';

it('a poll and a report without an attempt read their device once, with the decision, also where no node remembers it', async () => {
  const at = new Date('2026-11-02T12:00:00Z');
  const reads: jest.SpyInstance<ReturnType<DeviceUpdates['find']>>[] = [];
  const opened = await openServices({
    now: () => at,
    changeStore: (store) => ({
      openFleet: async (options) => {
        const fleet = await store.openFleet(options);
        jest.spyOn(fleet, 'recent').mockReturnValue(undefined);
        reads.push(jest.spyOn(fleet, 'find'));
        return fleet;
      },
    }),
  });
  await opened.publish((await makeBundle()).path, { name: 'v1.raucb', activate: true });
  const { identity } = new SimulatedDevice(opened.services, 'board-1', { now: () => at });
  const { deviceEvents } = opened.services;
  const contact = { at, address: null, protocol: 'h2', transactionId: null, facts: {} };
  expect(await deviceEvents.take(identity, polled(contact, null, 'test-board'))).toMatchObject({
    kind: 'bundle',
  });
  const report = reported('installing', { contact, transactionId: null, progressPercent: 5 });
  expect(await deviceEvents.take(identity, report)).toMatchObject({ progressPercent: 5 });
  expect(reads).toHaveLength(1);
  for (const read of reads) expect(read).not.toHaveBeenCalled();
  await opened.close();
});
