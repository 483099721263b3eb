import type { BootChange } from './contact';
import { type Installation, type InstallationChange, isUnsettled } from './installation';

/** What a contact tells about an installation. */
export interface Evidence {
  readonly at: Date;
  /** RAUC's name for an attempt at this installation's bundle; `null` for a poll and everything else. */
  readonly transactionId: string | null;
  /** It asks what there is, and neither begins, downloads nor reports. */
  readonly isPoll: boolean;
  /** Whether the device has booted since the contact before. */
  readonly boot: BootChange;
  /** `null` when the device does not tell. */
  readonly bootId: string | null;
  /** The version that runs; `null` when the device does not tell. */
  readonly systemVersion: string | null;
}

export interface ProofRules {
  /** How long after its begin, or its proof, a boot into the old version counts as a rollback, in milliseconds. */
  readonly rollbackWindowMs: number;
  /** After so many polls without a begin a person is told that the device does not take the bundle. */
  readonly patiencePolls: number;
}

/** What people read where the device's silence leaves two answers. */
export const openEnds = {
  unclear: 'the download has stopped: it failed, or the device waits for a reboot',
  notTaken:
    'the device does not begin: its own criteria refuse the bundle, or a person must confirm it there',
} as const;

/**
 * Judges what a contact means for an installation, also of a device that never reports: RAUC's own poller tells no outcome, so
 * it is read from what the device runs after a boot.
 * @returns what changes, or `null`
 */
export function judgeContact(
  installation: Installation,
  evidence: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  if (installation.state === 'proven') return judgeFallback(installation, evidence, rules);
  if (!isUnsettled(installation)) return null;
  if (evidence.transactionId !== null) return judgeAttempt(installation, evidence, evidence.transactionId);
  const boot = judgeBoot(installation, evidence, rules);
  if (boot?.state !== undefined) return boot;
  const silence = judgeSilence(installation, evidence, rules);
  return boot === null ? silence : { ...boot, ...silence };
}

/** The same transaction again is the same attempt: a retry, or the next hop of a redirect. */
function judgeAttempt(
  installation: Installation,
  { at, bootId, systemVersion }: Evidence,
  transactionId: string,
): InstallationChange | null {
  const { state, startedAt, installedAt, attempts, fromBootId, fromVersion } = installation;
  if (installation.transactionId === transactionId) return state === 'lost' ? takeUp(installation) : null;
  const isFirstName = installation.transactionId === null && startedAt !== null && installedAt === null;
  if (isFirstName) return { transactionId, ...(state === 'lost' ? takeUp(installation) : { message: null }) };
  return {
    transactionId,
    attempts: attempts + 1,
    startedAt: at,
    // What counts is a boot after the begin.
    fromBootId: bootId ?? fromBootId,
    fromVersion: systemVersion ?? fromVersion,
    progressPercent: null,
    message: null,
    ...(state === 'cancelling' ? {} : { state: 'downloading', installedAt: null }),
  };
}

function judgeBoot(
  installation: Installation,
  evidence: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  const { systemVersion, bootId } = evidence;
  const { targetVersion, fromVersion, fromBootId, startedAt } = installation;
  const boot = bootSinceOffer(installation, evidence);
  if (systemVersion === null || boot === 'same') return null;
  const otherBefore = fromVersion === systemVersion ? null : fromVersion;
  // When nobody tells of boots: a version changes by a boot alone.
  if (boot === 'unknown' && otherBefore === null) return null;
  const isTarget =
    targetVersion === null ? startedAt !== null && otherBefore !== null : systemVersion === targetVersion;
  if (isTarget) {
    const isSeen = boot === 'new' || otherBefore === null;
    const message = isSeen ? 'it runs after a new boot' : `it runs, and ${otherBefore} ran before`;
    return { state: 'proven', targetVersion: systemVersion, progressPercent: 100, message };
  }
  if (startedAt !== null)
    return judgeOtherSystem({ ...installation, startedAt }, systemVersion, evidence.at, rules);
  // It booted before it began: what counts is a boot after that.
  const isKnown = systemVersion === fromVersion && (bootId ?? fromBootId) === fromBootId;
  return isKnown ? null : { fromVersion: systemVersion, fromBootId: bootId ?? fromBootId };
}

/** The device has begun, has booted since, and does not run the bundle. */
function judgeOtherSystem(
  { state, targetVersion, fromVersion, startedAt, installedAt }: Installation & { readonly startedAt: Date },
  systemVersion: string,
  at: Date,
  { rollbackWindowMs }: ProofRules,
): InstallationChange {
  const runs = `the device booted into ${systemVersion}`;
  if (state === 'cancelling') return { state: 'cancelled', message: runs };
  if (fromVersion !== null && fromVersion !== systemVersion)
    return { state: 'withdrawn', message: `${runs}, which is neither the old nor the new version` };
  if (fromVersion === null && targetVersion === null)
    return { state: 'withdrawn', message: `${runs}, and nobody knows whether that is the old version` };
  const isRecent = at.getTime() - startedAt.getTime() <= rollbackWindowMs;
  return installedAt !== null || isRecent
    ? { state: 'rolled-back', message: `${runs} again` }
    : { state: 'withdrawn', message: `${runs} again, long after the download` };
}

/** What runs may not last: a system that boots, makes contact, and is never marked good falls back to the old one. */
function judgeFallback(
  installation: Installation,
  evidence: Evidence,
  { rollbackWindowMs }: ProofRules,
): InstallationChange | null {
  const { systemVersion, at } = evidence;
  const { fromVersion, targetVersion, endedAt } = installation;
  const isOld = systemVersion !== null && systemVersion === fromVersion && systemVersion !== targetVersion;
  if (!isOld || endedAt === null || bootSinceOffer(installation, evidence) !== 'new') return null;
  const isRecent = at.getTime() - endedAt.getTime() <= rollbackWindowMs;
  return isRecent ? { state: 'rolled-back', message: `the device fell back to ${systemVersion}` } : null;
}

/** Boot ids since the offer tell more than what happened since the last contact. */
function bootSinceOffer({ fromBootId }: Installation, { boot, bootId }: Evidence): BootChange {
  if (bootId === null || fromBootId === null) return boot;
  return bootId === fromBootId ? 'same' : 'new';
}

/** A contact that proves nothing may still take up what was lost, or leave people with a question. */
function judgeSilence(
  installation: Installation,
  { isPoll, boot }: Evidence,
  { patiencePolls }: ProofRules,
): InstallationChange | null {
  const { state, polls, message } = installation;
  if (state === 'lost') return takeUp(installation);
  if (!isPoll) return null;
  const isUnclear = state === 'downloading' && boot === 'same';
  if (isUnclear && message !== openEnds.unclear) return { message: openEnds.unclear };
  const isNotTaken = state === 'offered' && polls > patiencePolls;
  return isNotTaken && message !== openEnds.notTaken ? { message: openEnds.notTaken } : null;
}

function takeUp({ startedAt, installedAt }: Installation): InstallationChange {
  const before = installedAt !== null ? 'installed' : startedAt !== null ? 'downloading' : 'offered';
  return { state: before, message: 'the device was lost and is back' };
}
