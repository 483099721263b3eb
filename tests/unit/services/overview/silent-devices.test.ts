import { fleetAttention } from '../../../support/fleet-attention';
import { dayMs, hourMs, MachineClock, yearMs } from '../../../support/machine-clock';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';

const person = { name: 'local', address: null };
let machine: MachineClock;
let opened: OpenedServices;

beforeEach(async () => {
  machine = new MachineClock();
  opened = await open();
});
afterEach(() => opened.close());

function open(dataDir?: string): Promise<OpenedServices> {
  return openServices({
    ...(dataDir === undefined ? {} : { dataDir }),
    now: machine.now,
    monotonicMs: machine.monotonicMs,
    fleetRules: { lostAfterMs: 7 * dayMs },
  });
}

async function restart(offMs: number): Promise<void> {
  await opened.close();
  machine.boot(offMs);
  opened = await open(opened.dataDir);
}

async function run(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 6 * hourMs) {
    machine.pass(Math.min(left, 6 * hourMs));
    await opened.services.runHousekeeping();
  }
}

/** It asks, and that is on disk. */
async function hear(id: string): Promise<void> {
  await new SimulatedDevice(opened.services, id, { now: machine.now }).poll();
  await opened.services.runHousekeeping();
}

const silent = async () =>
  (await fleetAttention(opened, machine.now)).filter(({ kind }) => kind === 'silent');

describe('a device that nobody hears any more', () => {
  beforeEach(async () => {
    await run(hourMs);
    await hear('gone');
    await hear('here');
  });

  it('needs attention once the server was up for long without it, until it is back', async () => {
    await run(6 * dayMs);
    await hear('here');
    expect(await silent()).toEqual([]);
    await run(2 * dayMs);
    const [item, ...others] = await silent();
    expect(item).toMatchObject({ count: 1, deviceId: 'gone' });
    expect(others).toEqual([]);
    // The list that it leads to has the same devices.
    const lastContactBefore = item?.lastContactBefore ?? new Date(0);
    const query = { lastContactBefore, isHeld: false, sort: 'id', isDescending: false, limit: 9 } as const;
    const { devices } = await opened.services.listFleet.list(query);
    expect(devices.map(({ device }) => device.id)).toEqual(['gone']);
    await hear('gone');
    expect(await silent()).toEqual([]);
  });

  it('needs none while somebody holds it, nor once it is forgotten', async () => {
    await run(8 * dayMs);
    await hear('here');
    const { manageDevices } = opened.services;
    await manageDevices.hold('gone', 'in a drawer', person);
    expect(await silent()).toEqual([]);
    await manageDevices.liftHold('gone', person);
    expect(await silent()).toMatchObject([{ deviceId: 'gone' }]);
    await manageDevices.forget('gone', person);
    expect(await silent()).toEqual([]);
  });

  it('was not silent while the server was off', async () => {
    await restart(60 * dayMs);
    await run(6 * dayMs);
    expect(await silent()).toEqual([]);
    await run(2 * dayMs);
    expect(await silent()).toMatchObject([{ count: 2 }]);
  });

  it('is not silent by a clock that jumps', async () => {
    machine.set(4 * yearMs);
    await run(hourMs);
    expect(await silent()).toEqual([]);
    machine.set(-8 * yearMs);
    await run(hourMs);
    expect(await silent()).toEqual([]);
  });

  it('is none that never was heard', async () => {
    await opened.services.manageDevices.create('ahead', {}, person);
    await run(8 * dayMs);
    await hear('here');
    expect(await silent()).toMatchObject([{ count: 1, deviceId: 'gone' }]);
  });
});
