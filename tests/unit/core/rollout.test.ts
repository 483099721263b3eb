import fc from 'fast-check';
import {
  allowingDowngrade,
  beginRollout,
  inheritedPolicy,
  everyoneAtOnce,
  type Rollout,
  type RolloutPolicy,
} from '../../../src/core/rollout';
import { nextMove, type RolloutProgress, whatNext } from '../../../src/core/rollout-move';
import { parseSteps } from '../../../src/core/rollout-policy';
import { madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';
import { sayWhy } from '../../../src/core/circumstances/sentences';

const nextSentence = (...given: Parameters<typeof whatNext>) => sayWhy(whatNext(...given));

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

describe('the policy of a release', () => {
  it('reaches everyone at once, and nobody who runs something newer', () => {
    expect(everyoneAtOnce.steps).toEqual([{ kind: 'percent', percent: 100 }]);
    expect(everyoneAtOnce.allowDowngrade).toBe(false);
  });

  it('that is older than the question keeps what it allowed, and says that nobody decided', () => {
    const inherited = { allowDowngrade: true, isDowngradeInherited: true };
    expect(inheritedPolicy).toEqual({ ...everyoneAtOnce, ...inherited });
  });

  it('allows downgrades by the word of a person, and then that is decided', () => {
    expect(allowingDowngrade(inheritedPolicy)).toEqual({ ...everyoneAtOnce, allowDowngrade: true });
    expect(allowingDowngrade(everyoneAtOnce)).toEqual({ ...everyoneAtOnce, allowDowngrade: true });
    expect(inheritedPolicy).toHaveProperty('isDowngradeInherited');
  });
});

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

  it('is no pause without a failure, also when a person has accepted more than are known', () => {
    const strict = { pauseAtFailures: 0, pauseAtPercent: 0 };
    expect(kindOf(rolloutOf(strict), {})).toBeNull();
    expect(kindOf(rolloutOf(strict, { forgivenFailures: 2 }), { failures: 1 })).toBeNull();
  });

  it('is no pause by share before the devices were counted', () => {
    expect(kindOf(rolloutOf({ pauseAtPercent: 1 }), { devices: null, failures: 20 })).toBeNull();
  });

  it('names the step that it leaves, counted from 1', () => {
    const rollout = rolloutOf({ promoteAtPercent: 5 }, { step: 1 });
    expect(nextMove(rollout, progress({ proven: 7 }))?.reason).toEqual(said(/step 2\b/));
  });

  it('counts failures and devices in the reason of a pause', () => {
    const reasonOf = (failures: number) =>
      nextMove(rolloutOf({ pauseAtPercent: 5 }), progress({ failures }))?.reason;
    expect(reasonOf(1)).toEqual(said(/^1 device failed .* 20$/));
    expect(reasonOf(2)).toEqual(said(/^2 devices failed .* 20$/));
  });

  it('gives a reason that people can read', () => {
    expect(nextMove(rolloutOf({ pauseAtFailures: 1 }), progress({ failures: 2 }))?.reason).toEqual(
      said(/\b2\b/),
    );
    expect(nextMove(rolloutOf({ promoteAtPercent: 5 }), progress({ proven: 7 }))?.reason).toEqual(
      said(/\b7 of 20\b/),
    );
  });

  it('counts one device as one', () => {
    const rollout = rolloutOf({ promoteAtPercent: 50 });
    expect(nextMove(rollout, progress({ devices: 1, proven: 1 }))?.reason).toEqual(
      said('proven on 1 of 1 device of step 1'),
    );
    expect(nextSentence(rollout, progress({ devices: 1 }))).toBe(
      'proven on 0 of 1 device of this step: it advances at 50 %',
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
      nextSentence({ ...automatic, state: 'aborted' }, progress()),
      nextSentence({ ...automatic, state: 'paused' }, progress()),
      nextSentence({ ...automatic, step: 2 }, progress()),
      nextSentence(rolloutOf({}), progress()),
      nextSentence(automatic, progress({ devices: 0 })),
      nextSentence(automatic, progress({ proven: 3 })),
    ];
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.at(-1)).toMatch(/3 of 20 .*90 %/);
  });

  const automatic = rolloutOf({ promoteAtPercent: 90 });
  const inStep = nextSentence(automatic, progress());

  it.each(['aborted', 'paused'] as const)('is one sentence while it is %s, wherever it stands', (state) => {
    const sentence = nextSentence({ ...automatic, state }, progress());
    expect(sentence).toMatch(/\w+ \w+/);
    expect(sentence).not.toBe(nextSentence({ ...automatic, step: 2 }, progress()));
    for (const step of [0, 2])
      expect(nextSentence({ ...rolloutOf({}), state, step }, progress({ devices: 0 }))).toBe(sentence);
  });

  it('is one sentence in the last step alone, whoever promotes', () => {
    const sentence = nextSentence({ ...automatic, step: 2 }, progress());
    expect(sentence).toMatch(/last step/);
    expect(nextSentence({ ...rolloutOf({}), step: 2 }, progress({ devices: null }))).toBe(sentence);
    expect(nextSentence({ ...automatic, step: 1 }, progress())).toBe(inStep);
  });

  it('is a person where the policy promotes nothing, and where no device of the step is known', () => {
    const byHand = nextSentence(rolloutOf({}), progress());
    expect(byHand).toMatch(/you promote it/);
    expect(nextSentence(rolloutOf({}), progress({ devices: 0 }))).toBe(byHand);
    const unknown = nextSentence(automatic, progress({ devices: 0 }));
    expect(unknown).toMatch(/no known device/);
    expect(nextSentence(automatic, progress({ devices: null }))).toBe(unknown);
    expect(new Set([byHand, unknown, inStep]).size).toBe(3);
  });
});
