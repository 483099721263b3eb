import { type FoundMarker, isDecision, judgeMarker, RestoreEvidence } from '../../../src/core/restore';
import { said } from '../../support/said';

const identity = { id: 'a', decision: 7, isMarked: true };

describe('the marker beside the database', () => {
  it.each<[string, FoundMarker]>([
    ['that names this very state', { id: 'a', decision: 7 }],
    ['that is behind, as a kill leaves it', { id: 'a', decision: 3 }],
  ])('%s raises no suspicion', (_, found) => {
    expect(judgeMarker(identity, found)).toBeNull();
  });

  it.each<[string, FoundMarker]>([
    ['that is ahead', { id: 'a', decision: 8 }],
    ['of another database', { id: 'b', decision: 1 }],
    ['that is gone though there was one', 'missing'],
    ['that is damaged', 'unreadable'],
  ])('%s makes the database suspect', (_, found) => {
    expect(judgeMarker(identity, found)).toEqual(said(/older copy|ran here last/));
  });

  it.each<[string, FoundMarker, boolean]>([
    ['that is not there yet, as that of a further server', 'missing', true],
    ['that names it as it was before a restore', { id: 'old', decision: 7 }, true],
    ['that names it so and is ahead', { id: 'old', decision: 8 }, false],
    ['of another database', { id: 'b', decision: 1 }, false],
    ['that is damaged', 'unreadable', false],
  ])('%s, where several servers use the database: %s is fine: %s', (_, found, isFine) => {
    expect(judgeMarker({ ...identity, earlierIds: ['old'] }, found) === null).toBe(isFine);
  });

  it('gives each suspicion a reason of its own', () => {
    const found: FoundMarker[] = [
      'missing',
      'unreadable',
      { id: 'b', decision: 1 },
      { id: 'a', decision: 8 },
    ];
    const reasons = found.map((one) => judgeMarker(identity, one));
    expect(reasons).toEqual([
      said(/without its marker/),
      said(/marker .* is damaged/),
      said(/not the one that ran here last/),
      said(/from an older copy/),
    ]);
  });

  it.each<FoundMarker>(['missing', 'unreadable'])(
    'raises no suspicion when it is %s before the first one was written',
    (found) => {
      expect(judgeMarker({ ...identity, isMarked: false }, found)).toBeNull();
    },
  );
});

describe('a decision', () => {
  it.each([
    ['local', true],
    ['token:ci', true],
    ['server', true],
    ['device:board-1', false],
  ])('%s: %s', (name, expected) => {
    expect(isDecision({ actor: { name, address: null } })).toBe(expected);
  });
});

describe('the hashes that devices name', () => {
  const at = new Date('2026-11-02T12:00:00Z');
  const later = (hours: number) => new Date(at.getTime() + hours * 3_600_000);

  it('are enough when three devices name the same one', () => {
    const evidence = new RestoreEvidence();
    expect(['a', 'b', 'c'].map((id) => evidence.hear(id, 'x', at, 3))).toEqual([false, false, true]);
  });

  it('are not enough from one device, however often and whatever it names', () => {
    const evidence = new RestoreEvidence();
    for (const sha256 of ['x', 'y', 'x', 'x', 'z']) expect(evidence.hear('liar', sha256, at, 3)).toBe(false);
  });

  it('are not enough when each device names another one', () => {
    const evidence = new RestoreEvidence();
    for (const id of ['a', 'b', 'c', 'd']) expect(evidence.hear(id, id, at, 3)).toBe(false);
  });

  it('are not enough when they came on different days', () => {
    const evidence = new RestoreEvidence();
    evidence.hear('a', 'x', at, 3);
    evidence.hear('b', 'x', later(12), 3);
    expect(evidence.hear('c', 'x', later(25), 3)).toBe(false);
    expect(evidence.hear('a', 'x', later(26), 3)).toBe(true);
  });

  it('count for a day', () => {
    const heard = (hours: number) => {
      const evidence = new RestoreEvidence();
      evidence.hear('a', 'x', at, 2);
      return evidence.hear('b', 'x', later(hours), 2);
    };
    expect(heard(23.9)).toBe(true);
    expect(heard(24)).toBe(false);
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
  ])('of a fleet of %d need %d', (fleet, needed) => {
    const evidence = new RestoreEvidence();
    const said = ['a', 'b', 'c'].map((id) => evidence.hear(id, 'x', at, fleet));
    expect(said.indexOf(true)).toBe(needed - 1);
  });

  it('are forgotten, the oldest first, when very many devices name some', () => {
    const evidence = new RestoreEvidence();
    evidence.hear('a', 'x', at, 3);
    evidence.hear('b', 'x', at, 3);
    for (let index = 0; index < 1_000; index += 1) evidence.hear(`dev-${index}`, `y${index}`, at, 3);
    expect(evidence.hear('c', 'x', at, 3)).toBe(false);
  });
});
