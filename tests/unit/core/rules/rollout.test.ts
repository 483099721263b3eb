import type { Candidate, Case } from '../../../../src/core/offer-case';
import type { StandingOffer } from '../../../../src/core/offer-question';
import { rolloutRules } from '../../../../src/core/rules/rollout';
import { askingDevice, poll, releaseOf, type ReleaseChange, terms } from '../../../support/fleet-factory';

function caseOf(release: ReleaseChange, change: Partial<Case> = {}): Case & { candidate: Candidate } {
  const made = releaseOf('board', release);
  const candidate: Candidate = { source: 'release', bundle: made.bundle, release: made, step: 0 };
  return { device: askingDevice(), question: poll, terms, ...change, candidate };
}

describe('a rollout', () => {
  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('that starts %d ms after the question is open: %p', (ms, passed) => {
    const startAt = new Date(poll.at.getTime() + ms);
    expect(rolloutRules.started(caseOf({ policy: { startAt } })).passed).toBe(passed);
  });

  it('pauses from the moment that something speaks against it', () => {
    const asked = (pauses: string | null) =>
      rolloutRules.running(caseOf({}, { terms: { ...terms, pauseReason: () => pauses } }));
    expect(asked('3 devices failed')).toEqual({
      passed: false,
      code: 'rollout-paused',
      parameters: { pauses: '3 devices failed' },
    });
    expect(asked(null)).toMatchObject({ code: 'rollout-runs' });
  });
});

describe('a full rollout', () => {
  const { bundle } = releaseOf('board');
  const standing: StandingOffer = {
    bundle,
    releaseId: 1,
    endsAt: poll.at,
    hasBegun: false,
    isIgnored: false,
  };
  const full = (offer: StandingOffer) =>
    rolloutRules.capacity(
      caseOf(
        { policy: { maxInProgress: 1 } },
        { device: askingDevice({ standing: offer }), terms: { ...terms, inProgress: () => 1 } },
      ),
    ).passed;

  it('keeps the place of an offer until that has ended', () => {
    expect(full({ ...standing, endsAt: new Date(poll.at.getTime() + 1) })).toBe(true);
    expect(full(standing)).toBe(false);
  });
});
