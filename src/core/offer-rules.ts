import type { Bundle } from './bundle';
import { isWindowOpen } from './maintenance-window';
import type { AskingDevice, OfferTerms, Question } from './offer-question';
import type { Release } from './release';
import type { RolloutPolicy } from './rollout';
import { untoldTries } from './silent-poller';
import { parseRaucVersion } from './version';
import { isInRange } from './version-range';
import { orderOf, whyNotComparable } from './version-rules';

export const offerRules = [
  'compatible',
  'certificate',
  'admitted',
  'not-held',
  'standing-offer',
  'release',
  'bundle-compatible',
  'trusted',
  'streamable',
  'other-version',
  'not-older',
  'from',
  'booted',
  'tries-left',
  'running',
  'started',
  'step',
  'window',
  'capacity',
] as const;

/** A rule on the way to an offer, in the order in which they are asked. */
export type OfferRule = (typeof offerRules)[number];

export type NothingReason =
  | 'no-compatible'
  | 'not-its-compatible'
  | 'waiting-for-admission'
  | 'held'
  | 'no-release'
  | 'pinned-bundle-gone'
  | 'bundle-for-other-compatible'
  | 'bundle-untrusted'
  | 'plain-not-streamable'
  | 'no-version'
  | 'crypt-not-encrypted'
  | 'up-to-date'
  | 'waits-for-reboot'
  | 'older-version'
  | 'outside-from'
  | 'failed-before'
  | 'downloaded-before'
  | 'interrupted-before'
  | 'cancelled'
  | 'rollout-paused'
  | 'rollout-aborted'
  | 'not-started'
  | 'not-in-step'
  | 'outside-window'
  | 'too-many-in-progress';

/** The bundle that the rules are asked about. */
export interface Candidate {
  readonly source: 'standing' | 'pin' | 'release';
  readonly bundle: Bundle;
  readonly release: Release | null;
  readonly step: number | null;
}

/** What one rule says. */
export interface Verdict {
  readonly passed: boolean | null;
  readonly message: string;
  /** With `passed: false` alone. */
  readonly reason?: NothingReason;
}

/** What the rules are asked about. */
export interface Case {
  readonly device: AskingDevice;
  readonly question: Question;
  readonly terms: OfferTerms;
  readonly candidate: Candidate | undefined;
}

const pass = (message: string): Verdict => ({ passed: true, message });
const refuse = (reason: NothingReason, message: string): Verdict => ({ passed: false, message, reason });
const skip = (message: string): Verdict => ({ passed: null, message });
const nothingToJudge = skip('there is no bundle to judge');
const alreadyTold = pass('it was told of this bundle and asks for it now');

/** Rules of a release's rollout: a pinned bundle, and one that the device was told of, have none. */
function ofRollout(judge: (release: Release, asked: Case & { candidate: Candidate }) => Verdict) {
  return (asked: Case): Verdict => {
    const { candidate } = asked;
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    if (candidate.release === null) return skip('a pinned bundle has no rollout');
    return judge(candidate.release, { ...asked, candidate });
  };
}

/** Rules about the version that a device runs: a pin is a person's word that it goes to any. */
function ofVersions(
  judge: (policy: RolloutPolicy, target: string | null, running: string | null, terms: OfferTerms) => Verdict,
) {
  return ({ device: { systemVersion }, terms, candidate }: Case): Verdict => {
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    if (candidate.release === null) return pass('a person pinned it, whatever version the device runs');
    const target = candidate.bundle.inspection.manifest?.version ?? null;
    return judge(candidate.release.rollout.policy, target, systemVersion, terms);
  };
}

const judges: Readonly<Record<OfferRule, (asked: Case) => Verdict>> = {
  compatible: ({ device: { compatible } }) =>
    compatible === null
      ? refuse('no-compatible', 'the device did not name its compatible and the server has no default one')
      : pass(`it is a ${compatible}`),

  certificate: ({ device: { compatible, boundCompatibles } }) => {
    if (boundCompatibles.length === 0) return pass('its certificate is bound to no compatible');
    if (compatible !== null && boundCompatibles.includes(compatible))
      return pass(`its certificate is bound to ${compatible}`);
    return refuse(
      'not-its-compatible',
      `the device's certificate is bound to other compatibles than ${compatible ?? 'none'}`,
    );
  },

  admitted: ({ device: { admission } }) =>
    admission === 'admitted'
      ? pass('it is admitted')
      : refuse('waiting-for-admission', 'the device is new and waits until a person admits it'),

  'not-held': ({ device: { hold } }) => {
    if (hold === null) return pass('nobody holds it');
    return refuse('held', `held by ${hold.by}${hold.reason === '' ? '' : `: ${hold.reason}`}`);
  },

  'standing-offer': ({ question, candidate }) => {
    if (!question.isInstall) return skip('it asks what there is, it does not begin to install');
    if (candidate?.source === 'standing') return pass(`it was told of ${candidate.bundle.name} and begins`);
    return skip('it begins to install, and no offer stands: it is decided anew');
  },

  release: ({ device, candidate }) => {
    const { compatible, channel, pin } = device;
    if (compatible === null) return skip('nobody knows what could be released for it');
    if (candidate?.source === 'standing') return alreadyTold;
    if (pin !== null) {
      return candidate === undefined
        ? refuse('pinned-bundle-gone', `it is pinned to ${pin.bundleName}, which is not on this server`)
        : pass(`it is pinned to ${pin.bundleName}`);
    }
    if (candidate === undefined) {
      const where = channel === 'stable' ? '' : ` on the channel ${channel}`;
      return refuse('no-release', `nothing is released for ${compatible}${where}`);
    }
    return pass(`${candidate.bundle.name} is current on the channel ${channel}`);
  },

  'bundle-compatible': ({ device: { compatible }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    const own = candidate.bundle.compatible;
    if (own === compatible) return pass(`the bundle is for ${own ?? 'it'}`);
    if (candidate.release?.forced === true && candidate.release.compatible === compatible)
      return pass(`the bundle is for ${own ?? 'another compatible'}, but a person insisted`);
    return refuse(
      'bundle-for-other-compatible',
      `${candidate.bundle.name} is for ${own ?? 'an unknown compatible'}, not for ${compatible ?? 'it'}`,
    );
  },

  trusted: ({ terms: { distrust }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    const { bundle } = candidate;
    const why = distrust?.(bundle) ?? null;
    return why === null
      ? pass('nothing speaks against its signature')
      : refuse('bundle-untrusted', `${bundle.name} is not offered: ${why}`);
  },

  streamable: ({ question: { mustStream }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    if (!mustStream) return skip('it does not ask as a poller that streams');
    const { name, inspection } = candidate.bundle;
    if (inspection.format === 'plain')
      return refuse('plain-not-streamable', `${name} is in plain format, which can not be streamed`);
    if (inspection.format === 'crypt' && !inspection.encrypted)
      return refuse('crypt-not-encrypted', `${name} is crypt but not encrypted: RAUC installs it nowhere`);
    if (inspection.manifest !== null && inspection.manifest.version === null)
      return refuse('no-version', `${name} has no version, which makes RAUC's poller abort`);
    return pass('it can be streamed');
  },

  'other-version': ({ device: { systemVersion, provenSha256, tellsSlot }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    const version = candidate.bundle.inspection.manifest?.version ?? null;
    if (provenSha256 === candidate.bundle.sha256)
      return refuse('up-to-date', `the device is proven to run ${candidate.bundle.name}`);
    if (systemVersion !== null && systemVersion === version) {
      // By version alone nobody could tell how it ends, and it would be offered again and again.
      return provenSha256 !== null && tellsSlot
        ? pass(`the device runs ${version} already, of another bundle: its slot tells them apart`)
        : refuse('up-to-date', `the device runs ${version} already`);
    }
    return pass(
      `the device runs ${systemVersion ?? 'nobody knows what'}, not ${version ?? candidate.bundle.name}`,
    );
  },

  'not-older': ofVersions(({ allowDowngrade }, target, running) => {
    const order = orderOf(target, running);
    if (order.kind === 'not-comparable') return pass(`${order.because}, which counts as different`);
    if (order.kind === 'not-older') return pass(`${target} is not older than ${running}`);
    return allowDowngrade
      ? pass(`${target} is older than ${running}, and the release allows downgrades`)
      : refuse('older-version', `the device runs ${running}, and ${target} is older`);
  }),

  from: ofVersions(({ from }, _target, running, { wayTo }) => {
    if (from === null) return pass('it may start from any version');
    if (isInRange(running, from)) return pass(`it starts from ${from.text}, and the device runs ${running}`);
    const runs =
      running === null || parseRaucVersion(running) === null
        ? whyNotComparable('device', running)
        : `the device runs ${running}`;
    const way = wayTo?.(from) ?? null;
    return refuse(
      'outside-from',
      `it starts from ${from.text}, and ${runs}${way === null ? '' : `: ${way}`}`,
    );
  }),

  booted: ({ device: { unbooted }, question: { at }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    if (unbooted === null || at > unbooted.until) return pass('no bundle waits for a reboot');
    const { bundleName, sha256 } = unbooted;
    if (sha256 === candidate.bundle.sha256) return pass('this bundle waits for a reboot');
    if (candidate.source === 'pin') return pass(`${bundleName} waits for a reboot, but the device is pinned`);
    return refuse(
      'waits-for-reboot',
      `${bundleName} is installed and waits for a reboot; ${candidate.bundle.name} is offered after it`,
    );
  },

  'tries-left': (asked) => {
    const { device, terms, candidate } = asked;
    const { failures, interruptions, cancelledSha256 } = device;
    const { maxTries, maxInterruptions } = terms;
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    if (candidate.bundle.sha256 === cancelledSha256)
      return refuse('cancelled', 'a person called this bundle off here, and nobody has cleared that');
    const count = failures.get(candidate.bundle.sha256) ?? 0;
    const interrupted = interruptions.get(candidate.bundle.sha256) ?? 0;
    if (interrupted >= maxInterruptions)
      return refuse(
        'interrupted-before',
        `a reboot interrupted this bundle ${times(interrupted)}, and it is not tried again until a person clears it`,
      );
    if (count >= maxTries)
      return refuse(
        'failed-before',
        `failed ${times(count)} on this bundle, which is not tried again until a person clears it`,
      );
    return untoldTriesLeft(asked, candidate.bundle, count);
  },

  running: ofRollout((release, { terms }) => {
    const { state, reason } = release.rollout;
    const pause = terms.pauseReason?.(release) ?? null;
    if (pause !== null) return refuse('rollout-paused', `the rollout pauses: ${pause}`);
    if (state === 'running') return pass('the rollout runs');
    const why = reason === null ? '' : `: ${reason}`;
    return state === 'paused'
      ? refuse('rollout-paused', `the rollout is paused${why}`)
      : refuse('rollout-aborted', `the rollout is aborted${why}`);
  }),

  started: ofRollout(({ rollout: { policy } }, { question: { at } }) =>
    policy.startAt === null || at >= policy.startAt
      ? pass('the rollout has begun')
      : refuse('not-started', `the rollout begins at ${policy.startAt.toISOString()}`),
  ),

  step: ofRollout(({ rollout }, { candidate: { step } }) => {
    const { steps } = rollout.policy;
    if (step !== null && step <= rollout.step) return pass(`it is in step ${step + 1} of ${steps.length}`);
    const reached = steps[rollout.step];
    const whom = reached?.kind === 'group' ? `group ${reached.label}` : `first ${reached?.percent ?? 0} %`;
    const position = `step ${rollout.step + 1} of ${steps.length}`;
    return refuse('not-in-step', `${position}: not in the ${whom}`);
  }),

  window: ofRollout(({ rollout: { policy } }, { question: { at } }) => {
    if (policy.window === null) return pass('it may begin at any time');
    return isWindowOpen(policy.window, at)
      ? pass('the maintenance window is open')
      : refuse('outside-window', 'the maintenance window is closed');
  }),

  capacity: ofRollout(({ id, rollout: { policy } }, { device: { standing }, question: { at }, terms }) => {
    const { maxInProgress } = policy;
    if (maxInProgress === null) return pass('any number may install at a time');
    if (standing?.releaseId === id && (standing.hasBegun || (at < standing.endsAt && !standing.isIgnored)))
      return pass('it is one of those in progress');
    const count = terms.inProgress(id);
    return count < maxInProgress
      ? pass(`${count} of ${maxInProgress} are in progress`)
      : refuse(
          'too-many-in-progress',
          `${count} are in progress already, and ${maxInProgress} may be at a time`,
        );
  }),
};

/** Asks one rule. Pure; a rule that has nothing to judge neither passes nor refuses. */
export function judgeRule(rule: OfferRule, asked: Case): Verdict {
  return judges[rule](asked);
}

/** RAUC's own poller may tell so little that nobody learns what came of its tries: it gets no more of them than others. */
function untoldTriesLeft({ device, question, terms }: Case, bundle: Bundle, failures: number): Verdict {
  const { unproven } = device;
  const isMeant = question.mustStream && unproven?.sha256 === bundle.sha256;
  const tries = isMeant ? untoldTries(unproven, bundle) : 0;
  const others = isMeant && unproven.isFailure ? failures - 1 : failures;
  if (tries > 0 && others + tries >= terms.maxTries)
    return refuse(
      'downloaded-before',
      `downloaded this bundle ${times(tries)}, and its poller does not tell what came of it: it is not tried again until a person clears it`,
    );
  return pass(failures === 0 ? 'it never failed here' : `it failed here ${times(failures)}`);
}

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}
