import type { Why } from './reasons/why';
import type { WayToVersion } from './way-to-version';

/** For a code that needs no parameters. */
type Nothing = Readonly<Record<string, never>>;

/** Why a device gets nothing: each reason with the parameters of its sentence. */
export interface RefusalParameters {
  'no-compatible': Nothing;
  'not-its-compatible': { readonly compatible: string | null };
  'waiting-for-admission': Nothing;
  held: { readonly by: string; /** `""` for none. */ readonly reason: Why };
  'no-release': { readonly compatible: string; readonly channel: string };
  'pinned-bundle-gone': InBundle;
  'bundle-for-other-compatible': InBundle & {
    /** Of the bundle; `null` when unknown. */
    readonly own: string | null;
    readonly compatible: string | null;
  };
  /** Only people can assign it, to single devices. */
  'opaque-not-assigned': InBundle;
  'opaque-not-carried': InBundle;
  'bundle-untrusted': InBundle & { readonly why: Why };
  'plain-not-streamable': InBundle;
  'no-version': InBundle;
  'crypt-not-encrypted': InBundle;
  /** The device is proven to run the bundle, or reports its version. */
  'up-to-date': { readonly proven: string } | { readonly version: string };
  'waits-for-reboot': InBundle & { /** The bundle that is installed. */ readonly unbooted: string };
  'older-version': Versions;
  'outside-from': Start & {
    /** How it gets to a version that it may start from. */ readonly way: WayToVersion | null;
  };
  'failed-before': Count;
  'downloaded-before': Count;
  'interrupted-before': Count;
  cancelled: Nothing;
  /** `pauses` is why it must pause now; otherwise `reason` is why it was paused. */
  'rollout-paused': { readonly pauses: Why } | { readonly reason: Why | null };
  'rollout-aborted': { readonly reason: Why | null };
  'not-started': { /** In ISO 8601. */ readonly startAt: string };
  'not-in-step': Step & {
    /** The label of the step's group. */
    readonly group: string | null;
    /** For a step without a group. */
    readonly percent: number;
    /** As `name=value`; left out unless the step is for one. */
    readonly attribute?: string;
  };
  'outside-window': Nothing;
  /** For a device whose protocol cannot tell it so. */
  'only-downloaded': InBundle;
  'too-many-in-progress': Count & { readonly max: number };
}

export type NothingReason = keyof RefusalParameters;

/** Refusals caused by the limits of the protocol. Another protocol may carry the bundle. */
export const limitReasons: readonly NothingReason[] = [
  'plain-not-streamable',
  'no-version',
  'crypt-not-encrypted',
  'downloaded-before',
  'opaque-not-carried',
  'only-downloaded',
];

/** What a rule says when it does not object. */
interface PassParameters {
  'compatible-known': { readonly compatible: string };
  'certificate-unbound': Nothing;
  'certificate-fits': { readonly compatible: string };
  admitted: Nothing;
  'not-held': Nothing;
  'begins-what-was-told': InBundle;
  'already-told': Nothing;
  pinned: InBundle;
  current: InBundle & { readonly channel: string };
  'opaque-assigned': InBundle;
  'bundle-fits': { readonly own: string | null };
  'bundle-forced': { readonly own: string | null };
  trusted: Nothing;
  streamable: Nothing;
  'told-apart-by-slot': { readonly version: string };
  'runs-another': InBundle & { readonly running: string | null; readonly version: string | null };
  'pinned-whatever-version': Nothing;
  'versions-not-comparable': { readonly version: string | null; readonly running: string | null };
  'not-older': Versions;
  'downgrade-allowed': Versions;
  'from-any': Nothing;
  'from-running': Start;
  'nothing-unbooted': Nothing;
  'this-unbooted': Nothing;
  'pinned-over-unbooted': { readonly unbooted: string };
  'failures-left': Count;
  'rollout-runs': Nothing;
  started: Nothing;
  'in-step': Step;
  'any-time': Nothing;
  'window-open': Nothing;
  'downloads-ahead': Nothing;
  'any-number': Nothing;
  'in-progress-already': Nothing;
  'has-room': Count & { readonly max: number };
}

/** What a rule says when it had nothing to judge. */
interface SkipParameters {
  'no-bundle': Nothing;
  'not-opaque': Nothing;
  'opaque-for-any': Nothing;
  'certificate-unseen': Nothing;
  'only-asks': Nothing;
  'no-offer-stands': Nothing;
  'compatible-unknown': Nothing;
  'carries-all': Nothing;
  'pinned-without-rollout': Nothing;
}

interface InBundle {
  /** Its name. */
  readonly bundle: string;
}

interface Versions {
  /** Of the bundle. */
  readonly version: string | null;
  readonly running: string | null;
}

interface Start {
  /** The versions that the release may start from, as people wrote them. */
  readonly from: string;
  readonly running: string | null;
}

interface Step {
  /** From 0. */
  readonly step: number;
  readonly steps: number;
}

interface Count {
  readonly count: number;
}

/** Everything a rule can say, with the parameters of its sentence. */
export type VerdictParameters = RefusalParameters & PassParameters & SkipParameters;
export type VerdictCode = keyof VerdictParameters;

/** A code with its parameters. `offer-sentences.ts` turns it into a sentence for readers. */
export interface Said<Code extends VerdictCode> {
  readonly code: Code;
  readonly parameters: VerdictParameters[Code];
}

type EachOf<Code extends VerdictCode, Passed> = {
  [One in Code]: { readonly passed: Passed } & Said<One>;
}[Code];

export type Refusal = EachOf<NothingReason, false>;

/** What one rule says; `passed` is `null` for one that had nothing to judge. */
export type Verdict = EachOf<keyof PassParameters, true> | Refusal | EachOf<keyof SkipParameters, null>;

export function pass<Code extends keyof PassParameters>(code: Code, parameters: PassParameters[Code]) {
  return { passed: true, code, parameters } as const;
}

export function refuse<Code extends NothingReason>(code: Code, parameters: RefusalParameters[Code]) {
  return { passed: false, code, parameters } as const;
}

export function skip<Code extends keyof SkipParameters>(code: Code, parameters: SkipParameters[Code]) {
  return { passed: null, code, parameters } as const;
}
