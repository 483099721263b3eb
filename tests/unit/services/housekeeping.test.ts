import { choreNames } from '../../../src/core/chore';
import { DomainError } from '../../../src/core/errors';
import { fleetAttention } from '../../support/fleet-attention';
import { type OpenedServices, openServices } from '../../support/services';
import { SimulatedDevice } from '../../support/simulated-device';

let opened: OpenedServices;
let at: Date;
const now = () => at;
const pass = (ms: number) => (at = new Date(at.getTime() + ms));
const chore = (name: string) => opened.services.chores().find((one) => one.name === name);

beforeEach(() => {
  at = new Date('2030-01-01T00:00:00Z');
});
afterEach(() => opened.close());

describe('housekeeping', () => {
  it('has a chore for each name, but for those that look after certificates and an object store, which a whole server brings', async () => {
    opened = await openServices({ now });
    const names = opened.services.chores().map(({ name }) => name);
    const ofServers = new Set(['server-certificate', 'asked-names', 'bundle-store', 'bundle-store-tidy']);
    expect(names).toEqual(choreNames.filter((name) => !ofServers.has(name)));
    await opened.services.runHousekeeping();
    expect(opened.services.chores().map(({ failing }) => failing)).toEqual(names.map(() => null));
  });

  it('runs what else the server has to do', async () => {
    let runs = 0;
    const run = () => Promise.resolve(++runs);
    const more = {
      name: 'asked-names',
      everyMs: 0,
      runsOn: 'every-node',
      isWaitedFor: true,
      limitMs: 1,
    } as const;
    opened = await openServices({ now, change: () => ({ chores: [{ ...more, run }] }) });
    await opened.services.runHousekeeping();
    expect(runs).toBe(1);
  });

  it('finds lost devices and prunes the journal while the history of the fleet cannot be saved, and says so', async () => {
    let isFull = true;
    opened = await openServices({
      now,
      changeStore: ({ history, journal }) => ({
        history: {
          ...history,
          lastAt: () => history.lastAt(),
          times: (since) => history.times(since),
          counts: (times, scope) => history.counts(times, scope),
          prune: (grain, before, limit) => history.prune(grain, before, limit),
          save: (...snapshot) =>
            isFull
              ? Promise.reject(new DomainError('storage-full', 'the disk is full', { remedy: 'Make room.' }))
              : history.save(...snapshot),
        },
        journal,
      }),
    });
    await new SimulatedDevice(opened.services, 'a', { now }).poll();
    for (let minute = 0; minute <= 5; minute += 1) {
      await opened.services.runHousekeeping();
      pass(60_000);
    }
    expect(chore('fleet-history')).toMatchObject({ failures: 6, lastSuccessAt: null });
    expect(chore('journal-retention')).toMatchObject({ failures: 0, failing: null });
    expect(chore('lost-installations')?.lastSuccessAt).toEqual(new Date(at.getTime() - 60_000));
    const errors = opened.log.filter(({ level }) => level === 'error');
    expect(errors.map(({ facts }) => facts['chore'])).toEqual(['fleet-history']);
    const shown = async () =>
      (await fleetAttention(opened, now)).filter(({ kind }) => kind === 'chore-failing');
    expect(await shown()).toMatchObject([{ message: expect.stringContaining('Make room.') as string }]);
    isFull = false;
    await opened.services.runHousekeeping();
    expect(await shown()).toEqual([]);
  });
});
