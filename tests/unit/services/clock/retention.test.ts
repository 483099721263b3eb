import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Retention } from '../../../../src/services/clock/retention';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { dayMs, hourMs, MachineClock, yearMs } from '../../../support/machine-clock';
import { temporaryFolder } from '../../../support/programs';

const keptMs = 90 * dayMs;
let machine: MachineClock;
let dataDir: string;
let store: OpenStore;
let retention: Retention;

beforeEach(async () => {
  machine = new MachineClock('2026-11-02T12:00:00Z');
  dataDir = path.join(await temporaryFolder(), 'data');
  await start();
});
afterEach(() => store.close());

async function start(sureAt: Date | null = machine.now()): Promise<void> {
  store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  const upTime = { upMs: machine.monotonicMs, sureAt: () => sureAt };
  retention = await Retention.start({ records: store.retention, upTime, now: machine.now });
}

const before = async (ms = keptMs) => (await retention.before('journal', ms)).toISOString();

describe('what is old enough to be deleted', () => {
  it('is what is older than it is kept', async () => {
    expect(await before()).toBe('2026-08-04T12:00:00.000Z');
    machine.pass(hourMs);
    expect(await before()).toBe('2026-08-04T13:00:00.000Z');
  });

  it("is at most two days' worth a day while the clock is far ahead, also over restarts", async () => {
    await before();
    machine.set(4 * yearMs);
    for (let hour = 0; hour < 24; hour += 1) {
      machine.pass(hourMs);
      expect(await before()).toBe(new Date(Date.UTC(2026, 7, 4, 12 + 2 * (hour + 1))).toISOString());
      store.close();
      await start();
    }
    expect(await before()).toBe('2026-08-06T12:00:00.000Z');
    machine.set(-4 * yearMs);
    expect(await before()).toBe('2026-08-05T12:00:00.000Z');
  });

  it('is not more after a clock that was behind for long', async () => {
    await before();
    machine.set(-yearMs);
    machine.pass(10 * dayMs);
    expect(await before()).toBe('2025-08-14T12:00:00.000Z');
    machine.set(2 * yearMs);
    expect(await before()).toBe('2026-08-04T12:00:00.000Z');
    machine.pass(dayMs);
    expect(await before()).toBe('2026-08-06T12:00:00.000Z');
  });

  it('is what the last sure time says where it is asked for the first time', async () => {
    store.close();
    await start(new Date('2026-10-03T12:00:00Z'));
    expect(await before()).toBe('2026-07-05T12:00:00.000Z');
  });

  it('comes little by little when people shorten how long things are kept', async () => {
    await before();
    machine.pass(dayMs);
    expect(await before(30 * dayMs)).toBe('2026-08-06T12:00:00.000Z');
  });

  it('is nothing when it cannot be noted', async () => {
    jest.spyOn(store.retention, 'save').mockRejectedValueOnce(new Error('disk full'));
    await expect(before()).rejects.toThrow('disk full');
    expect(await before()).toBe('2026-08-04T12:00:00.000Z');
  });
});
