import type { Bundle } from '../../../../src/core/bundle';
import { DomainError } from '../../../../src/core/errors';
import type { Fleet } from '../../../../src/ports/fleet';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { readRange } from '../../../support/device-events';

const now = () => new Date('2026-11-02T12:00:00Z');

let opened: OpenedServices;
let bundle: Bundle;
let board: SimulatedDevice;
let fleet: Fleet;
let payloadSizeBytes: number;

/** `board-1` was told of a bundle, and has read nothing of it. */
beforeEach(async () => {
  opened = await openServices({
    now,
    change: ({ store }) => ({
      store: { ...store, openFleet: async (options) => (fleet = await store.openFleet(options)) },
    }),
  });
  const { path } = await makeBundle();
  ({ bundle } = await opened.publish(path, { name: 'v1.raucb', activate: true }));
  payloadSizeBytes = bundle.inspection.payloadSizeBytes ?? 0;
  board = new SimulatedDevice(opened.services, 'board-1', { now });
  await board.poll();
});
afterEach(() => opened.close());

const installation = async () => (await opened.services.manageDevices.get('board-1')).installation;
const ask = (start: number, end: number) =>
  readRange(opened.services, board.identity, bundle, { start, end });

describe('the first range that counts as a begin', () => {
  it.each<[string, () => [number, number]]>([
    ['the first four bytes, which a poll reads', () => [0, 3]],
    ['four bytes anywhere', () => [4096, 4099]],
    ['the signature', () => [payloadSizeBytes, bundle.sizeBytes - 9]],
    ['the length of the signature', () => [bundle.sizeBytes - 8, bundle.sizeBytes - 1]],
  ])('is not one of %s', async (_what, range) => {
    ask(...range());
    expect(await installation()).toMatchObject({ state: 'offered', startedAt: null, attempts: 0 });
  });

  it.each<[string, () => [number, number]]>([
    ['five bytes', () => [0, 4]],
    ['a block', () => [0, 4095]],
    ['the last byte of the payload and the signature', () => [payloadSizeBytes - 1, bundle.sizeBytes - 9]],
    ['the whole', () => [0, bundle.sizeBytes - 1]],
  ])('is one of %s', async (_what, range) => {
    ask(...range());
    const begun = { state: 'downloading', startedAt: now(), attempts: 1 };
    await eventually(async () => (await installation())?.state === begun.state);
    expect(await installation()).toMatchObject(begun);
  });

  it('counts whole, though its bytes are read before the begin is kept', async () => {
    ask(0, payloadSizeBytes - 1);
    await eventually(async () => (await installation())?.state === 'downloading');
    await opened.services.runHousekeeping();
    expect((await installation())?.bytesSent).toBe(payloadSizeBytes);
  });

  it('is told once', async () => {
    ask(0, 4095);
    await eventually(async () => (await installation())?.state === 'downloading');
    ask(4096, 8191);
    await board.report('failed');
    expect(await installation()).toMatchObject({ state: 'failed', attempts: 1 });
    const { events } = await opened.services.readJournal.search({ deviceId: 'board-1' }, { limit: 9 });
    expect(events.filter(({ kind }) => kind === 'installation.downloading')).toHaveLength(1);
  });

  it('is told by the next one when it could not be written', async () => {
    jest.spyOn(fleet, 'update').mockRejectedValueOnce(new DomainError('unavailable', 'away'));
    ask(0, 4095); // a rejection that nobody handles would fail the test
    expect(await installation()).toMatchObject({ state: 'offered' });
    ask(4096, 8191);
    await eventually(async () => (await installation())?.state === 'downloading');
  });
});
