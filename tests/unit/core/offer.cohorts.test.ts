import fc from 'fast-check';
import { decideOffer } from '../../../src/core/offer';
import type { RolloutStep } from '../../../src/core/rollout';
import { placeInRelease, stepOf } from '../../../src/core/rollout-step';
import { askingDevice, poll, releaseOf, terms } from '../../support/fleet-factory';
import { steps as someSteps } from '../../support/offer-cases';

/** Another one each time; the title tells it, so that `SEED=... npx jest` runs the same devices again. */
const seed = Number(process.env.SEED ?? Date.now());
const deviceCount = 10_000;
const ids = Array.from({ length: deviceCount }, (_, index) => `dev-${seed}-${index}`);
const releaseIds = [1, 2, 12, 4711];
const everyone: RolloutStep = { kind: 'percent', percent: 100 };

/**
 * How far a count of independent devices may be from what is expected (Bernstein's inequality), so that all comparisons here
 * together raise a false alarm less often than once in 10^9 runs.
 */
function slack(share: number): number {
  const comparisons = 100;
  const log = Math.log((2 * comparisons) / 1e-9);
  return log / 3 + Math.sqrt((log / 3) ** 2 + 2 * deviceCount * share * (1 - share) * log);
}

function expectShare(count: number, share: number): void {
  expect(Math.abs(count - share * deviceCount)).toBeLessThanOrEqual(slack(share));
}

function isOffered(id: string, releaseId: number, steps: readonly RolloutStep[], step: number): boolean {
  const release = releaseOf('board', { id: releaseId, policy: { steps }, rollout: { step } });
  return decideOffer(askingDevice({ id }), [release], poll, terms).kind === 'bundle';
}

describe(`the devices of a step (SEED=${seed})`, () => {
  it.each([1, 5, 25, 50, 99])('are %d percent of all', (percent) => {
    const steps: RolloutStep[] = [{ kind: 'percent', percent }, everyone];
    for (const releaseId of releaseIds) {
      const offered = ids.filter((id) => isOffered(id, releaseId, steps, 0));
      expectShare(offered.length, percent / 100);
    }
  });

  it('are all of them in the last step', () => {
    const steps: RolloutStep[] = [{ kind: 'percent', percent: 5 }, everyone];
    expect(ids.every((id) => isOffered(id, 1, steps, 1))).toBe(true);
  });

  it('are others in each release: who goes first in one is as likely as anybody to go first in the next', () => {
    const places = releaseIds.map((releaseId) => ids.map((id) => placeInRelease(releaseId, id)));
    for (const [index, first] of places.entries()) {
      for (const second of places.slice(index + 1)) {
        for (const percent of [10, 50]) {
          const both = first.filter((place, at) => place < percent && (second[at] ?? 100) < percent);
          expectShare(both.length, (percent / 100) ** 2);
        }
      }
    }
  });

  it('are spread evenly, wherever one looks', () => {
    for (const releaseId of releaseIds) {
      const tenths = new Array<number>(10).fill(0);
      for (const id of ids) {
        const tenth = Math.floor(placeInRelease(releaseId, id) / 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      for (const count of tenths) expectShare(count, 0.1);
    }
  });
});

describe('a device in a step', () => {
  const devices = fc.record({
    id: fc.string({ minLength: 1, maxLength: 64 }),
    labels: fc.subarray(['lab', 'vip']),
    attributes: fc.constantFrom({}, { product: 'gateway' }, { product: 'lab', lab: 'yes' }),
  });
  const releaseId = fc.integer({ min: 1, max: 2 ** 31 - 1 });

  it('is in all later ones', () => {
    fc.assert(
      fc.property(devices, releaseId, someSteps, (device, id, steps) => {
        const offered = steps.map((_, step) => {
          const release = releaseOf('board', { id, policy: { steps }, rollout: { step } });
          return decideOffer(askingDevice(device), [release], poll, terms).kind === 'bundle';
        });
        expect(offered).toEqual([...offered].sort((a, b) => Number(a) - Number(b)));
        const first = offered.indexOf(true);
        expect(stepOf({ ...releaseOf('board').rollout.policy, steps }, id, device)).toBe(
          first < 0 ? null : first,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('stays in it when its percentage is raised', () => {
    const percents = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(devices, releaseId, percents, (device, id, [one, other]) => {
        const isIn = (percent: number) => placeInRelease(id, device.id) < percent;
        fc.pre(isIn(Math.min(one, other)));
        expect(isOffered(device.id, id, [{ kind: 'percent', percent: Math.max(one, other) }], 0)).toBe(true);
      }),
    );
  });

  it('has a place from 0 to below 100 that depends on both ids, and not on their letters in a row', () => {
    fc.assert(
      fc.property(devices, releaseId, ({ id }, release) => {
        const place = placeInRelease(release, id);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(100);
        expect(placeInRelease(release, id)).toBe(place);
      }),
    );
    expect(placeInRelease(1, '12')).not.toBe(placeInRelease(11, '2'));
    expect(placeInRelease(1, 'dev-1')).not.toBe(placeInRelease(1, 'Dev-1'));
  });

  it('keeps its place from one version of the server to the next', () => {
    expect(placeInRelease(1, 'dev-1')).toBeCloseTo(66.709429898, 6);
  });
});
