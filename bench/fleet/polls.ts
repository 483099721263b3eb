import type { Services } from '../../src/services/services';
import { ask, drive } from './rig';

const pollSeconds = 10;
const periodSeconds = 60;

export interface PollCost {
  readonly perSecond: number;
  /** CPU time of this process for the poll itself, in microseconds. */
  readonly pollMicros: number;
  /** CPU time of this process for the later write of one device's contact, in microseconds. */
  readonly writeMicros: number;
  readonly polls: number;
}

/**
 * Drives polls like a fleet in which each device polls once a minute, only faster: what would arrive within one second
 * is written together, so that every poll leaves one row to write, whatever the size of the fleet.
 */
export async function poll(services: Services, devices: number): Promise<PollCost> {
  const endAt = performance.now() + pollSeconds * 1000;
  const cpu = { polls: 0, writes: 0 };
  const pollsPerWrite = Math.ceil(devices / periodSeconds);
  let polls = 0;
  while (performance.now() < endAt) {
    const upTo = polls + pollsPerWrite;
    cpu.polls += await cpuMicros(() =>
      // In an order other than that of their ids.
      drive(() => (polls < upTo ? ask(services, (++polls * 7919) % devices) : undefined), pollsPerWrite),
    );
    cpu.writes += await cpuMicros(() => services.runHousekeeping());
  }
  const perSecond = polls / (pollSeconds + (performance.now() - endAt) / 1000);
  return { perSecond, pollMicros: cpu.polls / polls, writeMicros: cpu.writes / polls, polls };
}

async function cpuMicros(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
