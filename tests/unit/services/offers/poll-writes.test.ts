import { makeBundle } from '../../../support/bundle-factory';
import { hourMs } from '../../../support/fleet-factory';
import { openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';

/** Services with a release of 1.0.0, whose offers stand for an hour, and what they write. */
async function counted() {
  let at = new Date('2026-11-02T12:00:00Z');
  const writes = { rows: 0, contacts: 0, batches: 0 };
  const opened = await openServices({
    now: () => at,
    changeStore: ({ devices }) => ({
      devices: {
        ...devices,
        write: (write) => {
          writes.rows += 1;
          return devices.write(write);
        },
        writeSeen: (seen) => {
          writes.batches += 1;
          writes.contacts += seen.length;
          return devices.writeSeen(seen);
        },
      },
    }),
  });
  await opened.publish((await makeBundle()).path, { name: 'v1.raucb', activate: true });
  const wait = (ms: number) => {
    at = new Date(at.getTime() + ms);
  };
  const devices = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => new SimulatedDevice(opened.services, `dev-${index}`, { now: () => at }),
    );
  return { ...opened, writes, wait, devices, now: () => at };
}

const minuteMs = 60_000;

it.each([1, 20, 200])(
  'a poll of an open offer is written with all others, one row for each of %d devices',
  async (count) => {
    const fleet = await counted();
    const devices = fleet.devices(count);
    for (const device of devices) await device.poll();
    const { rows } = fleet.writes;
    for (let round = 1; round <= 3; round += 1) {
      fleet.wait(minuteMs);
      for (const device of devices) expect(await device.offered()).toBe('v1.raucb');
      await fleet.services.runHousekeeping();
      expect(fleet.writes).toEqual({ rows, contacts: count * round, batches: round });
    }
    const { installation } = await fleet.services.manageDevices.get('dev-0');
    expect(installation).toMatchObject({
      polls: 4,
      offerEndsAt: new Date(fleet.now().getTime() + hourMs),
    });
    expect((await fleet.store.devices.find('dev-0'))?.installation).toEqual(installation);
    await fleet.close();
  },
);

it('an offer that has stood for half of its time is on disk again before the answer leaves', async () => {
  const fleet = await counted();
  const [device] = fleet.devices(1);
  await device?.poll();
  fleet.wait(hourMs / 2 + 1);
  await device?.poll();
  expect(fleet.writes.batches).toBe(0);
  const endsAt = new Date(fleet.now().getTime() + hourMs);
  expect((await fleet.store.devices.find('dev-0'))?.installation).toMatchObject({
    polls: 2,
    offerEndsAt: endsAt,
  });
  await fleet.close();
});

it('a device that installed is written without its installation', async () => {
  const fleet = await counted();
  const [device] = fleet.devices(1);
  await device?.poll();
  await device?.poll('t-1');
  device?.boot('1.0.0');
  expect(await device?.offered()).toBe('up-to-date');
  await fleet.services.runHousekeeping(); // what it has read
  const seen = jest.spyOn(fleet.store.devices, 'writeSeen');
  fleet.wait(minuteMs);
  await device?.poll();
  await fleet.services.runHousekeeping();
  expect(seen.mock.calls.flat(2)).toMatchObject([{ device: { id: 'dev-0' }, installation: null }]);
  await fleet.close();
});
