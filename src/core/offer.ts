import type { Bundle } from './bundle';
import type { Admission, Hold } from './device';
import { isWindowOpen } from './maintenance-window';
import type { Release } from './release';
import { stepOf } from './rollout';

/** What a device is, as far as the offer depends on it. */
export interface AskingDevice {
  readonly id: string;
  /** What it asked for or is known to be; `null` when nobody knows and the server has no default. */
  readonly compatible: string | null;
  /** What its certificate is bound to; empty means no binding. */
  readonly boundCompatibles: readonly string[];
  readonly channel: string;
  readonly labels: readonly string[];
  readonly admission: Admission;
  readonly hold: Hold | null;
  /** The bundle that a person chose for it; its bundle is `undefined` when it is gone. */
  readonly pin: { readonly bundleName: string; readonly bundle: Bundle | undefined } | null;
  readonly systemVersion: string | null;
  /** What it is proven to run: the hash of a bundle whose version nobody knows. */
  readonly provenSha256: string | null;
  /** Failures and rollbacks by the bundle's hash, as far as nobody has cleared them. */
  readonly failures: ReadonlyMap<string, number>;
  /** The hash of the bundle that a person called off on it and nobody has cleared. */
  readonly cancelledSha256: string | null;
  /** The bundle that it was told of and may still ask for. */
  readonly standing: StandingOffer | null;
}

export interface StandingOffer {
  readonly bundle: Bundle;
  readonly releaseId: number | null;
  readonly endsAt: Date;
  /** The device was seen to begin: it is in progress, also when the offer has ended. */
  readonly hasBegun: boolean;
}

/** How the device asks. */
export interface Question {
  readonly at: Date;
  /** It begins to install what it was told of, and must get just that. */
  readonly isInstall: boolean;
  /** It streams, and stops at what can't be streamed: RAUC's own poller. */
  readonly mustStream: boolean;
}

/** What is known beside the device. */
export interface OfferTerms {
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** Installations of a release that are in progress. */
  readonly inProgress: (releaseId: number) => number;
  /** Why a running release must pause now; `null` when it may go on. */
  readonly pauseReason?: (release: Release) => string | null;
}

export const offerRules = [
  'compatible',
  'certificate',
  'admitted',
  'not-held',
  'standing-offer',
  'release',
  'bundle-compatible',
  'streamable',
  'other-version',
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
  | 'plain-not-streamable'
  | 'no-version'
  | 'crypt-not-encrypted'
  | 'up-to-date'
  | 'failed-before'
  | 'cancelled'
  | 'rollout-paused'
  | 'rollout-aborted'
  | 'not-started'
  | 'not-in-step'
  | 'outside-window'
  | 'too-many-in-progress';

/** What one rule says about one device. */
export interface RuleResult {
  readonly rule: OfferRule;
  /** `null` for a rule that could not be asked, because one before it left nothing to ask about. */
  readonly passed: boolean | null;
  /** A sentence for people. */
  readonly message: string;
}

/** What the server answers one device now: a bundle, or nothing with a reason that people can read. */
export type Offer = {
  readonly compatible: string;
  /** Every rule, also those after the one that decided. */
  readonly chain: readonly RuleResult[];
} & (
  | {
      readonly kind: 'bundle';
      readonly bundle: Bundle;
      /** `null` for a pinned bundle, and for a standing offer whose release is gone. */
      readonly release: Release | null;
      /** The step of the rollout that the device belongs to; `null` without a release. */
      readonly step: number | null;
    }
  | { readonly kind: 'nothing'; readonly reason: NothingReason; readonly message: string }
);

/**
 * Decides what a device gets. Every door translates this answer, none decides.
 *
 * Pure: the same question gets the same answer. A held device never gets anything; a bundle goes to devices of its own
 * compatible alone, unless a person released it by force for another one; a pin wins over the channel and its rollout.
 * @param releases the releases that may concern the device; others are ignored
 */
export function decideOffer(
  device: AskingDevice,
  releases: readonly Release[],
  question: Question,
  terms: OfferTerms,
): Offer {
  const found = findCandidate(device, releases, question);
  const compatible = device.compatible ?? '';
  const verdicts = offerRules.map((rule): Judged => {
    const verdict = rules[rule]({ device, question, terms, candidate: found });
    return { rule, ...verdict };
  });
  const chain = verdicts.map(({ rule, passed, message }) => ({ rule, passed, message }));
  const refusal = verdicts.find(({ passed }) => passed === false);
  if (refusal?.reason !== undefined) {
    return { kind: 'nothing', compatible, reason: refusal.reason, message: refusal.message, chain };
  }
  if (found === undefined) throw new Error('no rule refused, and there is no bundle');
  const { bundle, release, step } = found;
  return { kind: 'bundle', compatible, bundle, release, step, chain };
}

interface Candidate {
  readonly source: 'standing' | 'pin' | 'release';
  readonly bundle: Bundle;
  readonly release: Release | null;
  readonly step: number | null;
}

interface Judged extends Verdict {
  readonly rule: OfferRule;
}

interface Verdict {
  readonly passed: boolean | null;
  readonly message: string;
  /** With `passed: false` alone. */
  readonly reason?: NothingReason;
}

interface Case {
  readonly device: AskingDevice;
  readonly question: Question;
  readonly terms: OfferTerms;
  readonly candidate: Candidate | undefined;
}

function findCandidate(
  device: AskingDevice,
  releases: readonly Release[],
  { isInstall, at }: Question,
): Candidate | undefined {
  const { compatible, channel, pin, standing } = device;
  if (compatible === null) return undefined;
  if (isInstall && standing !== null && at < standing.endsAt) {
    const { releaseId, bundle } = standing;
    const isItsRelease = (one: Release) => one.id === releaseId && one.bundle.sha256 === bundle.sha256;
    const release = releases.find(isItsRelease) ?? null;
    const step = release === null ? null : stepOf(release.rollout.policy, release.id, device);
    return { source: 'standing', bundle, release, step };
  }
  if (pin !== null) {
    return pin.bundle === undefined
      ? undefined
      : { source: 'pin', bundle: pin.bundle, release: null, step: null };
  }
  const release = releases.find((one) => one.compatible === compatible && one.channel === channel);
  if (release === undefined) return undefined;
  const step = stepOf(release.rollout.policy, release.id, device);
  return { source: 'release', bundle: release.bundle, release, step };
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

const rules: Readonly<Record<OfferRule, (asked: Case) => Verdict>> = {
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

  'other-version': ({ device: { systemVersion, provenSha256 }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    const version = candidate.bundle.inspection.manifest?.version ?? null;
    if (systemVersion !== null && systemVersion === version)
      return refuse('up-to-date', `the device runs ${version} already`);
    if (version === null && provenSha256 === candidate.bundle.sha256)
      return refuse('up-to-date', `the device is proven to run ${candidate.bundle.name}`);
    return pass(
      `the device runs ${systemVersion ?? 'nobody knows what'}, not ${version ?? candidate.bundle.name}`,
    );
  },

  'tries-left': ({ device: { failures, cancelledSha256 }, terms: { maxTries }, candidate }) => {
    if (candidate === undefined) return nothingToJudge;
    if (candidate.source === 'standing') return alreadyTold;
    if (candidate.bundle.sha256 === cancelledSha256)
      return refuse('cancelled', 'a person called this bundle off here, and nobody has cleared that');
    const count = failures.get(candidate.bundle.sha256) ?? 0;
    if (count < maxTries)
      return pass(count === 0 ? 'it never failed here' : `it failed here ${times(count)}`);
    return refuse(
      'failed-before',
      `failed ${times(count)} on this bundle, which is not tried again until a person clears it`,
    );
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
    if (standing?.releaseId === id && (standing.hasBegun || at < standing.endsAt))
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

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}
