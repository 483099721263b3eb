import { everyoneAtOnce, type RolloutPolicy } from '../../../src/core/rollout';
import { parseSteps } from '../../../src/core/rollout-policy';
import { makeBundle } from '../../support/bundle-factory';
import { fleetAttention } from '../../support/fleet-attention';
import { hourMs } from '../../support/fleet-factory';
import { temporaryFolder } from '../../support/programs';
import { QuietBoard } from '../../support/quiet-board';
import { type OpenedServices, openServices } from '../../support/services';

const compatible = 'test-board';
const count = 200;
const days = 30;
const pollEveryHours = 6;
const restartServerEveryHours = 5 * 24 + 1;

const policies: Readonly<Record<number, RolloutPolicy>> = {
  3: {
    ...everyoneAtOnce,
    steps: parseSteps('5,50,100'),
    promoteAtPercent: 100,
    pauseAtFailures: 1,
    pauseAtPercent: 1,
  },
  13: { ...everyoneAtOnce, maxInProgress: 20, pauseAtFailures: 1 },
  23: { ...everyoneAtOnce, steps: parseSteps('10,100'), promoteAtPercent: 80, maxInProgress: 50 },
};

/** The same numbers in each run (a linear congruential generator). */
function dice(): (sides: number) => number {
  let state = 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % sides;
  };
}

const startedAt = new Date('2026-11-01T00:00:00Z');

async function startFleet() {
  const clock = { at: startedAt };
  const now = () => clock.at;
  const dataDir = `${await temporaryFolder()}/data`;
  let opened: OpenedServices = await openServices({ dataDir, now });
  const boards = Array.from({ length: count }, (_, index) => {
    return new QuietBoard(`dev-${index}`, {
      compatible,
      version: '1.0.0',
      speaks: index % 3 === 2 ? 'script' : 'native',
      machineIdPer: (['board', 'boot', 'slot', null] as const)[index % 4] ?? null,
      address: index % 2 === 0 ? '192.0.2.1' : `198.51.100.${index}`,
      services: () => opened.services,
      now,
    });
  });
  return {
    boards,
    now,
    opened: () => opened,
    attention: () => fleetAttention(opened, now),
    later(ms: number) {
      clock.at = new Date(clock.at.getTime() + ms);
    },
    async restart() {
      await opened.close();
      opened = await openServices({ dataDir, now });
    },
    async release(version: string, policy: RolloutPolicy) {
      const made = await makeBundle({ version });
      await opened.publish(made.path, { name: `v${version}.raucb` });
      await opened.services.activateRelease.activate({ name: `v${version}.raucb`, policy, actor: 'local' });
    },
  };
}

describe('a quiet, correct fleet of 200', () => {
  it('has nothing for people to look at during 30 days of releases and restarts', async () => {
    const fleet = await startFleet();
    const { boards } = fleet;
    const roll = dice();
    const troubles: unknown[] = [];
    let version = 1;
    await fleet.release('1.0.0', everyoneAtOnce);
    for (let hour = 0; hour < days * 24; hour += 1) {
      fleet.later(hourMs);
      const policy = hour % 24 === 12 ? policies[hour / 24 - 0.5] : undefined;
      if (policy !== undefined) {
        version += 1;
        await fleet.release(`${version}.0.0`, policy);
      }
      if (hour % restartServerEveryHours === 100) await fleet.restart();
      const due = boards.filter((_, index) => (index + hour) % pollEveryHours === 0);
      for (const board of due) if (roll(20) === 0) await board.boot();
      await Promise.all(due.map((board) => board.wake()));
      await fleet.opened().services.runHousekeeping();
      troubles.push(...(await fleet.attention()));
    }
    expect(troubles).toEqual([]);
    // It was a month of updates, not of silence.
    expect(version).toBe(4);
    expect(boards.filter(({ runs }) => runs === '4.0.0')).toHaveLength(count);
    const { manageDevices, readJournal } = fleet.opened().services;
    const states = await Promise.all(
      boards.map(async ({ id }) => (await manageDevices.get(id)).installation?.state),
    );
    expect(states.filter((state) => state === 'proven')).toHaveLength(count);
    const unhappy = ['failed', 'rolled-back', 'lost'].map((state) => `installation.${state}`);
    expect((await readJournal.search({ kinds: unhappy }, { limit: 10 })).events).toEqual([]);
    // And people would have been told.
    await manageDevices.hold('dev-0', 'a look', { name: 'local', address: null });
    expect(await fleet.attention()).toMatchObject([{ kind: 'held', count: 1 }]);
    await fleet.opened().close();
  }, 240_000);
});
