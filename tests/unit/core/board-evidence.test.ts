import { noBoards, type SeenBoot } from '../../../src/core/board';
import { freshReason, isJudged, judgeFresh, takeBack } from '../../../src/core/board-evidence';
import type { Installation } from '../../../src/core/installation';
import type { Sight } from '../../../src/core/recognize-board';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';

const at = (hours: number) => new Date(madeAt.getTime() + hours * hourMs);

/** Heard an hour after the offer. */
const other: SeenBoot = {
  bootId: 'boot-2',
  serial: null,
  machineId: null,
  systemVersion: null,
  address: null,
  firstSeenAt: at(1),
  lastSeenAt: at(2),
};

const freshSights: readonly Sight[] = ['replaced', 'reflashed', 'provisioned'];

describe('a board that starts afresh', () => {
  it.each(freshSights)('has a reason of its own: %s', (sight) => {
    expect(freshReason(sight)).toEqual(said(/\w/));
    const others = freshSights.filter((one) => one !== sight).map(freshReason);
    expect(others).not.toContainEqual(freshReason(sight));
  });

  it.each<Sight>(['own', 'late', 'other', 'unclear', 'found'])('is none that is seen as %s', (sight) => {
    expect(freshReason(sight)).toBeUndefined();
  });

  it('says nothing of installations from before', () => {
    const freshAt = (time: Date | null) => isJudged({ ...noBoards, freshAt: time }, installationOf());
    expect(freshAt(null)).toBe(true);
    expect(freshAt(at(-1))).toBe(true);
    expect(freshAt(at(0))).toBe(true);
    expect(freshAt(at(1))).toBe(false);
  });

  it.each(freshSights)('ends what was open: %s', (sight) => {
    expect(judgeFresh(installationOf(), sight, null)).toEqual({
      change: { state: 'withdrawn', message: freshReason(sight) },
      isFresh: true,
    });
  });

  it('has nothing to end where all was settled', () => {
    const settled = installationOf({ state: 'proven', endedAt: at(0) });
    expect(judgeFresh(settled, 'replaced', null)).toEqual({ change: null, isFresh: true });
  });

  it('is the board of before when it runs the bundle, unless it says that it was flashed', () => {
    const proof = { state: 'proven' } as const;
    expect(judgeFresh(installationOf(), 'reflashed', proof)).toEqual({ change: proof, isFresh: false });
    expect(judgeFresh(installationOf(), 'provisioned', proof)).toMatchObject({ isFresh: true });
    const disproof = { state: 'rolled-back' } as const;
    expect(judgeFresh(installationOf(), 'reflashed', disproof)).toMatchObject({ isFresh: true });
  });
});

describe('what a second board was taken for', () => {
  const ended = (change: Partial<Installation>) => installationOf({ endedAt: at(2), ...change });

  it('is withdrawn while it is open, when the second board began it', () => {
    expect(takeBack(installationOf({ fromBootId: 'boot-2' }), other)).toMatchObject({ state: 'withdrawn' });
  });

  it('stays when the device began it, and when nobody knows who did', () => {
    expect(takeBack(installationOf(), other)).toBeNull();
    expect(takeBack(installationOf({ fromBootId: null }), { ...other, bootId: null })).toBeNull();
  });

  it.each<[string, Partial<Installation>]>([
    ['a boot into the bundle', { state: 'proven', startedAt: at(0.5) }],
    ['a boot into the old version', { state: 'rolled-back', startedAt: at(0.5) }],
    ['a presumption', { state: 'failed', isPresumed: true }],
    ['its serial', { state: 'withdrawn', message: freshReason('replaced') ?? null }],
    ['its machine-id', { state: 'withdrawn', message: freshReason('reflashed') ?? null }],
    ['its word', { state: 'withdrawn', message: freshReason('provisioned') ?? null }],
  ])('is taken back where %s decided it', (_by, change) => {
    const back = takeBack(ended(change), other);
    expect(back).toMatchObject({ isPresumed: false });
    expect(back?.message).toEqual(said(/second board/));
    expect(back?.state).toBe(change.startedAt ? 'downloading' : 'offered');
  });

  it.each<[string, Installation, SeenBoot]>([
    ['was settled before the second board came', ended({ state: 'proven', endedAt: at(0.9) }), other],
    ['is not settled', installationOf({ state: 'proven' }), other],
    ['was reported', ended({ state: 'failed' }), other],
    ['a person withdrew', ended({ state: 'withdrawn', message: 'another release' }), other],
    ['was withdrawn without a word', ended({ state: 'withdrawn', message: null }), other],
    [
      'failed with the same words',
      ended({ state: 'failed', message: freshReason('replaced') ?? null }),
      other,
    ],
    ['the second board itself began and ended', ended({ state: 'proven', fromBootId: 'boot-2' }), other],
  ])('stays where it %s', (_why, installation, boot) => {
    expect(takeBack(installation, boot)).toBeNull();
  });

  it('is taken back that ended the moment the second board came', () => {
    expect(takeBack(ended({ state: 'proven', endedAt: at(1) }), other)).not.toBeNull();
  });
});
