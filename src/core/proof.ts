import type { BootChange } from './contact';
import { type Installation, type InstallationChange, isUnsettled } from './installation';

/** What a contact tells about an installation. */
export interface Evidence {
  readonly at: Date;
  /** RAUC's name for an attempt at this installation's bundle; `null` for a poll and everything else. */
  readonly transactionId: string | null;
  /** Whether the device has booted since the contact before. */
  readonly boot: BootChange;
  /** `null` when the device does not tell. */
  readonly bootId: string | null;
  /** The version that runs; `null` when the device does not tell. */
  readonly systemVersion: string | null;
}

export interface ProofRules {
  /** How long after its begin a boot into the old version counts as a rollback, in milliseconds. */
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
  if (!isUnsettled(installation)) return null;
  const { transactionId } = evidence;
  if (transactionId !== null) return judgeAttempt(installation, transactionId, evidence.at);
  return judgeBoot(installation, evidence, rules) ?? judgeSilence(installation, evidence, rules);
}

/** The same transaction again is the same attempt: a retry, or the next hop of a redirect. */
function judgeAttempt(
  installation: Installation,
  transactionId: string,
  at: Date,
): InstallationChange | null {
  if (installation.transactionId === transactionId && installation.state !== 'lost') return null;
  return {
    transactionId,
    attempts: installation.attempts + (installation.transactionId === transactionId ? 0 : 1),
    startedAt: at,
    message: null,
    ...(installation.state === 'cancelling' ? {} : { state: 'downloading', installedAt: null }),
  };
}

function judgeBoot(
  installation: Installation,
  evidence: Evidence,
  { rollbackWindowMs }: ProofRules,
): InstallationChange | null {
  const { systemVersion, at } = evidence;
  const { state, targetVersion, fromVersion, startedAt } = installation;
  const boot = bootSinceOffer(installation, evidence);
  if (systemVersion === null || boot === 'same') return null;
  const isTarget =
    targetVersion === null
      ? startedAt !== null && fromVersion !== null && systemVersion !== fromVersion
      : systemVersion === targetVersion;
  if (isTarget) {
    if (boot === 'new') return proven(systemVersion, 'it runs after a new boot');
    // Nobody told of boots, but a version changes by a boot alone.
    if (fromVersion === null || fromVersion === systemVersion) return null;
    return proven(systemVersion, `it runs, and ${fromVersion} ran before`);
  }
  if (boot !== 'new') return null;
  const old = `the device booted into ${systemVersion}`;
  if (state === 'cancelling') return { state: 'cancelled', message: old };
  if (fromVersion !== null && systemVersion !== fromVersion) {
    return { state: 'withdrawn', message: `${old}, which is neither the old nor the new version` };
  }
  if (startedAt === null) return null;
  const isRecent = at.getTime() - startedAt.getTime() <= rollbackWindowMs;
  return installation.installedAt !== null || isRecent
    ? { state: 'rolled-back', message: `${old} again` }
    : { state: 'withdrawn', message: `${old} again, long after the download` };
}

function proven(systemVersion: string, message: string): InstallationChange {
  return { state: 'proven', targetVersion: systemVersion, progressPercent: 100, message };
}

/** Boot ids since the offer tell more than what happened since the last contact. */
function bootSinceOffer({ fromBootId }: Installation, { boot, bootId }: Evidence): BootChange {
  if (bootId === null || fromBootId === null) return boot;
  return bootId === fromBootId ? 'same' : 'new';
}

/** A contact that proves nothing may still take up what was lost, or leave people with a question. */
function judgeSilence(
  { state, startedAt, installedAt, polls, message }: Installation,
  { boot }: Evidence,
  { patiencePolls }: ProofRules,
): InstallationChange | null {
  if (state === 'lost') {
    const before = installedAt !== null ? 'installed' : startedAt !== null ? 'downloading' : 'offered';
    return { state: before, message: 'the device was lost and is back' };
  }
  const isUnclear = state === 'downloading' && boot === 'same';
  if (isUnclear && message !== openEnds.unclear) return { message: openEnds.unclear };
  const isNotTaken = state === 'offered' && polls > patiencePolls;
  return isNotTaken && message !== openEnds.notTaken ? { message: openEnds.notTaken } : null;
}
