import fc from 'fast-check';
import {
  beginRollout,
  everyoneAtOnce,
  nextMove,
  type Rollout,
  type RolloutPolicy,
  type RolloutProgress,
  whatNext,
} from '../../../src/core/rollout';
import { parseSteps } from '../../../src/core/rollout-policy';
import { madeAt } from '../../support/fleet-factory';

function rolloutOf(policy: Partial<RolloutPolicy>, change: Partial<Rollout> = {}): Rollout {
  const steps = parseSteps('5,25,100');
  return { ...beginRollout({ ...everyoneAtOnce, steps, ...policy }, 'local', madeAt), ...change };
}

const progress = (change: Partial<RolloutProgress> = {}): RolloutProgress => ({
  devices: 20,
  proven: 0,
  failures: 0,
  ...change,
});

const kindOf = (rollout: Rollout, change: Partial<RolloutProgress>) =>
  nextMove(rollout, progress(change))?.kind ?? null;

describe('the next move', () => {
  it('is up to people when the policy says nothing', () => {
    expect(kindOf(rolloutOf({}), { proven: 20, failures: 20 })).toBeNull();
  });

  it.each([
    [17, null],
    [18, 'promote'],
    [20, 'promote'],
  ])('with %d of 20 proven and promotion at 90 %% is %p', (proven, move) => {
    expect(kindOf(rolloutOf({ promoteAtPercent: 90 }), { proven })).toBe(move);
  });

  it('is no promotion of a step without known devices, or before they were counted', () => {
    const rollout = rolloutOf({ promoteAtPercent: 1 });
    expect(kindOf(rollout, { devices: 0 })).toBeNull();
    expect(kindOf(rollout, { devices: null })).toBeNull();
  });

  it('is no promotion in the last step, but may be a pause there', () => {
    const rollout = rolloutOf({ promoteAtPercent: 1, pauseAtFailures: 1 }, { step: 2 });
    expect(kindOf(rollout, { proven: 20 })).toBeNull();
    expect(kindOf(rollout, { proven: 20, failures: 1 })).toBe('pause');
  });

  it.each([
    [2, null],
    [3, 'pause'],
    [4, 'pause'],
  ])('with %d failures and a pause at 3 is %p', (failures, move) => {
    expect(kindOf(rolloutOf({ pauseAtFailures: 3 }), { failures })).toBe(move);
  });

  it.each([
    [1, null],
    [2, 'pause'],
  ])('with %d of 20 failed and a pause at 10 %% is %p', (failures, move) => {
    expect(kindOf(rolloutOf({ pauseAtPercent: 10 }), { failures })).toBe(move);
  });

  it('is a pause by share when devices of earlier steps fail and this step has none', () => {
    expect(kindOf(rolloutOf({ pauseAtPercent: 50 }), { devices: 0, failures: 1 })).toBe('pause');
  });

  it('pauses rather than promotes', () => {
    const rollout = rolloutOf({ promoteAtPercent: 50, pauseAtFailures: 1 });
    expect(kindOf(rollout, { proven: 19, failures: 1 })).toBe('pause');
  });

  it('counts no failure that a person has accepted', () => {
    const rollout = rolloutOf({ pauseAtFailures: 3 }, { forgivenFailures: 3 });
    expect(kindOf(rollout, { failures: 5 })).toBeNull();
    expect(kindOf(rollout, { failures: 6 })).toBe('pause');
  });

  it.each(['paused', 'aborted'] as const)('is none while it is %s', (state) => {
    const rollout = rolloutOf({ promoteAtPercent: 1, pauseAtFailures: 1 }, { state });
    expect(kindOf(rollout, { proven: 20, failures: 20 })).toBeNull();
  });

  it('gives a reason that people can read', () => {
    expect(nextMove(rolloutOf({ pauseAtFailures: 1 }), progress({ failures: 2 }))?.reason).toMatch(/\b2\b/);
    expect(nextMove(rolloutOf({ promoteAtPercent: 5 }), progress({ proven: 7 }))?.reason).toMatch(
      /\b7 of 20\b/,
    );
  });

  it('comes to an end: made again and again it never goes back, and not beyond the last step', () => {
    const percent = fc.option(fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(
        fc.record({ promoteAtPercent: percent, pauseAtPercent: percent, pauseAtFailures: percent }),
        fc.record({ devices: fc.nat(50), proven: fc.nat(50), failures: fc.nat(50) }),
        (policy, known) => {
          let rollout = rolloutOf(policy);
          for (let moves = 0; moves <= 3; moves += 1) {
            const move = nextMove(rollout, known);
            expect(nextMove(rollout, known)).toEqual(move);
            if (move === null) return;
            rollout =
              move.kind === 'pause'
                ? { ...rollout, state: 'paused' }
                : { ...rollout, step: rollout.step + 1, forgivenFailures: known.failures };
            expect(rollout.step).toBeLessThan(3);
          }
          expect(nextMove(rollout, known)).toBeNull();
        },
      ),
    );
  });
});

describe('what a rollout waits for', () => {
  it('is another sentence in each situation', () => {
    const automatic = rolloutOf({ promoteAtPercent: 90 });
    const sentences = [
      whatNext({ ...automatic, state: 'aborted' }, progress()),
      whatNext({ ...automatic, state: 'paused' }, progress()),
      whatNext({ ...automatic, step: 2 }, progress()),
      whatNext(rolloutOf({}), progress()),
      whatNext(automatic, progress({ devices: 0 })),
      whatNext(automatic, progress({ proven: 3 })),
    ];
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.at(-1)).toMatch(/3 of 20 .*90 %/);
  });
});
