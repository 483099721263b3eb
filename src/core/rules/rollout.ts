import { isAssignmentWindowOpen } from '../assignment-window';
import { isWindowOpen } from '../maintenance-window';
import type { Candidate, Case } from '../offer-case';
import { pass, refuse, skip, type Verdict } from '../offer-verdict';
import type { Release } from '../release';
import { formatAttribute } from '../told-text';

/** Rules of a release's rollout. */
export const rolloutRules = {
  running: ofRollout((release, { terms }) => {
    const { state, reason } = release.rollout;
    const pauses = terms.pauseReason?.(release) ?? null;
    if (pauses !== null) return refuse('rollout-paused', { pauses });
    if (state === 'running') return pass('rollout-runs', {});
    return state === 'paused' ? refuse('rollout-paused', { reason }) : refuse('rollout-aborted', { reason });
  }),

  started: ofRollout(({ rollout: { policy } }, { question: { at } }) =>
    policy.startAt === null || at >= policy.startAt
      ? pass('started', {})
      : refuse('not-started', { startAt: policy.startAt.toISOString() }),
  ),

  step: ofRollout(({ rollout }, _asked, { step }) => {
    const { steps } = rollout.policy;
    if (step !== null && step <= rollout.step) return pass('in-step', { step, steps: steps.length });
    const reached = steps[rollout.step];
    return refuse('not-in-step', {
      step: rollout.step,
      steps: steps.length,
      group: reached?.kind === 'group' ? reached.label : null,
      percent: reached?.kind === 'percent' ? reached.percent : 0,
      ...(reached?.kind === 'attribute' ? { attribute: formatAttribute(reached) } : {}),
    });
  }),

  window: (asked: Case) => windowOfPin(asked) ?? windowOfRollout(asked),

  capacity: ofRollout(({ id, rollout: { policy } }, { device: { standing }, question: { at }, terms }) => {
    const { maxInProgress: max } = policy;
    if (max === null) return pass('any-number', {});
    if (standing?.releaseId === id && (standing.hasBegun || (at < standing.endsAt && !standing.isIgnored)))
      return pass('in-progress-already', {});
    const count = terms.inProgress(id);
    return count < max ? pass('has-room', { count, max }) : refuse('too-many-in-progress', { count, max });
  }),
};

const windowOfRollout = ofRollout(({ rollout: { policy } }, { question: { at, limits } }) => {
  if (policy.window === null) return pass('any-time', {});
  if (isWindowOpen(policy.window, at)) return pass('window-open', {});
  return limits.downloadsAhead === true ? pass('downloads-ahead', {}) : refuse('outside-window', {});
});

/** The maintenance window of an assignment, which has its own terms. @returns `null` for anything else */
function windowOfPin({ device, candidate, question: { at, limits } }: Case): Verdict | null {
  const terms = isOfPin(device, candidate) ? device.pin?.terms : undefined;
  if (candidate === undefined || terms === undefined) return null;
  const { kind, window } = terms;
  const hasBegun = candidate.source === 'standing' && device.standing?.hasBegun === true;
  if (hasBegun && kind !== 'downloadonly') return null; // it continues when the window closes
  if (limits.tellsTerms === true)
    return window === null || isAssignmentWindowOpen(window, at) ? null : pass('downloads-ahead', {});
  if (kind === 'downloadonly') return refuse('only-downloaded', { bundle: candidate.bundle.name });
  if (window === null) return null;
  return isAssignmentWindowOpen(window, at) ? pass('window-open', {}) : refuse('outside-window', {});
}

/** Whether a bundle comes from the pin of a device: now, or when the device was offered it. */
function isOfPin({ pin, standing }: Case['device'], candidate: Candidate | undefined): boolean {
  if (candidate?.source !== 'standing') return candidate?.source === 'pin';
  return standing?.releaseId === null && candidate.bundle.name === pin?.bundleName;
}

/** Pinned and already offered bundles have no rollout. */
function ofRollout(judge: (release: Release, asked: Case, candidate: Candidate) => Verdict) {
  return (asked: Case): Verdict => {
    const { candidate } = asked;
    if (candidate === undefined) return skip('no-bundle', {});
    if (candidate.source === 'standing') return pass('already-told', {});
    if (candidate.release === null) return skip('pinned-without-rollout', {});
    return judge(candidate.release, asked, candidate);
  };
}
