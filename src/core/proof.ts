import { circumstance } from './circumstances/catalogue';
import type { Booted } from './circumstances/installations';
import type { BootChange } from './contact';
import type { Evidence, ProofRules } from './evidence';
import { type Installation, type InstallationChange, mayBeWritten } from './installation';
import { isFailure, isUnsettled } from './installation-states';
import { judgeSilence, takeUp } from './silence';

/** {@link ProofRules.patiencePolls}; the device keeps its place in the release no longer than that. */
export const patiencePolls = 3;

/**
 * Judges what a contact means for an installation, even if the device never reports: RAUC's own poller reports no outcome, so
 * what the device runs after a boot has to show it.
 * @returns what changes, or `null`
 */
export function judgeContact(
  installation: Installation,
  evidence: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  if (installation.state === 'proven') return judgeFallback(installation, evidence, rules);
  if (installation.isPresumed && isFailure(installation)) return judgePresumed(installation, evidence, rules);
  if (!isUnsettled(installation)) return null;
  if (evidence.transactionId !== null) return judgeAttempt(installation, evidence, evidence.transactionId);
  const boot = judgeBoot(installation, evidence, rules);
  if (boot?.state !== undefined) return boot;
  const silence = judgeSilence(installation, evidence, rules);
  return boot === null ? silence : { ...boot, ...silence };
}

/** A repeated transaction is the same attempt: a retry, or the next hop of a redirect. */
function judgeAttempt(
  installation: Installation,
  { at, bootId, systemVersion, slot }: Evidence,
  transactionId: string,
): InstallationChange | null {
  const { state, startedAt, installedAt, attempts, fromBootId, fromVersion, fromSlot } = installation;
  if (installation.transactionId === transactionId) {
    if (state === 'stopped') return { state: 'downloading', installedAt: null, movedAt: at, message: null };
    return state === 'lost' ? takeUp(installation, at) : null;
  }
  const isFirstName =
    installation.transactionId === null && startedAt !== null && installedAt === null && state !== 'stopped';
  if (isFirstName)
    return { transactionId, ...(state === 'lost' ? takeUp(installation, at) : { message: null }) };
  return {
    transactionId,
    attempts: attempts + 1,
    startedAt: at,
    movedAt: at,
    bytesBefore: installation.bytesSent,
    // Only a boot after the begin counts.
    fromBootId: bootId ?? fromBootId,
    fromVersion: systemVersion ?? fromVersion,
    fromSlot: slot ?? fromSlot,
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
  const { systemVersion, bootId, slot } = evidence;
  const { targetVersion, fromVersion, fromBootId, fromSlot, startedAt } = installation;
  const boot = bootSinceOffer(installation, evidence);
  if (boot === 'same') return null;
  const begunAt = isYetToWrite(installation, evidence) ? null : startedAt;
  if (systemVersion === null)
    return boot === 'new' && begunAt !== null ? judgeInterruption(installation, bootedUnknown) : null;
  const otherBefore = fromVersion === systemVersion ? null : fromVersion;
  // There are no boot ids, but a version changes only with a boot.
  if (boot === 'unknown' && otherBefore === null) return null;
  const booted = { bootedVersion: systemVersion, bootedSlot: slot };
  if (fromVersion === systemVersion && begunAt !== null) {
    const bySlot = judgeSlot({ ...installation, startedAt: begunAt }, systemVersion, evidence, rules);
    return { ...bySlot, ...booted };
  }
  const isTarget =
    targetVersion === null
      ? startedAt !== null && otherBefore !== null
      : systemVersion === targetVersion && fromVersion !== systemVersion;
  if (isTarget) {
    const isSeen = boot === 'new' || otherBefore === null;
    const message = isSeen
      ? circumstance('runs-after-boot')
      : circumstance('runs-instead', { before: otherBefore });
    return { state: 'proven', targetVersion: systemVersion, progressPercent: 100, message, ...booted };
  }
  if (begunAt !== null) {
    const other = judgeOtherSystem(
      { ...installation, startedAt: begunAt },
      systemVersion,
      evidence.at,
      rules,
    );
    return { ...other, ...booted };
  }
  // It booted before it began to write, so only a later boot counts.
  const isKnown =
    systemVersion === fromVersion && (bootId ?? fromBootId) === fromBootId && (slot ?? fromSlot) === fromSlot;
  return isKnown
    ? null
    : { fromVersion: systemVersion, fromBootId: bootId ?? fromBootId, fromSlot: slot ?? fromSlot };
}

/** It has downloaded at most: it may wait for a maintenance window, and downloads again after a boot. */
function isYetToWrite(
  { state, installedAt, progressPercent }: Installation,
  { reportsWriting }: Evidence,
): boolean {
  return (
    reportsWriting === true && state !== 'cancelling' && installedAt === null && progressPercent === null
  );
}

/**
 * The device has begun, has booted since, and runs the version that ran before. A different slot means the bundle, the same slot
 * a rollback. A bundle may have the version that already runs, as nightlies do.
 */
function judgeSlot(
  installation: Installation & { readonly startedAt: Date },
  systemVersion: string,
  { at, slot }: Evidence,
  rules: ProofRules,
): InstallationChange {
  const { fromSlot, targetVersion } = installation;
  const isTold = slot !== null && fromSlot !== null;
  if (mayBeWritten(installation)) {
    const proven = { state: 'proven', progressPercent: 100 } as const;
    if (isTold && slot !== fromSlot)
      return {
        ...proven,
        message: circumstance('runs-in-other-slot', { slot, before: fromSlot, version: systemVersion }),
      };
    if (!isTold && targetVersion === systemVersion)
      return {
        ...proven,
        message: circumstance('runs-same-version', { version: systemVersion }),
      };
  }
  return judgeOtherSystem(installation, systemVersion, at, rules, isTold ? slot : null);
}

/** The device has begun, has booted since, and does not run the bundle. */
function judgeOtherSystem(
  installation: Installation & { readonly startedAt: Date },
  systemVersion: string,
  at: Date,
  { rollbackWindowMs }: ProofRules,
  slot: string | null = null,
): InstallationChange {
  const { state, targetVersion, fromVersion, startedAt, installedAt } = installation;
  const version = systemVersion;
  if (state === 'cancelling')
    return {
      state: 'cancelled',
      message: circumstance('device-booted', { version, isAgain: false, slot: null }),
    };
  if (fromVersion !== null && fromVersion !== systemVersion)
    return { state: 'withdrawn', message: circumstance('device-booted-neither', { version }) };
  const booted = { version, isAgain: true, slot };
  const interruption = judgeInterruption(installation, booted);
  if (interruption !== null) return interruption;
  if (fromVersion === null && targetVersion === null)
    return { state: 'withdrawn', message: circumstance('device-booted-either', { version }) };
  const isRecent = at.getTime() - startedAt.getTime() <= rollbackWindowMs;
  return installedAt !== null || isRecent
    ? { state: 'rolled-back', message: circumstance('device-booted', booted) }
    : { state: 'withdrawn', message: circumstance('device-booted-long-after', booted) };
}

/** What is known about a boot into an unknown system. */
const bootedUnknown: Booted = { version: null, isAgain: false, slot: null };

/** A power cut in the middle of a download says nothing about the bundle. */
function judgeInterruption(installation: Installation, booted: Booted): InstallationChange | null {
  if (installation.startedAt === null || mayBeWritten(installation)) return null;
  if (installation.state === 'cancelling')
    return { state: 'cancelled', message: circumstance('device-booted', booted) };
  return { state: 'interrupted', message: circumstance('device-booted-before-read', booted) };
}

/** Takes back a conclusion from silence when the device proves it wrong. */
function judgePresumed(
  installation: Installation,
  evidence: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  if (evidence.transactionId !== null) return null;
  if (
    installation.state === 'rejected' &&
    evidence.native?.knownEtag?.includes(installation.sha256) === true
  ) {
    const before = installation.startedAt === null ? 'offered' : 'stopped';
    return { state: before, signature: 'accepted', isPresumed: false, message: null };
  }
  const boot = judgeBoot(installation, evidence, rules);
  return boot?.state === 'proven' ? { ...boot, isPresumed: false } : null;
}

/**
 * The running system may not last: if it boots and makes contact but is never marked good, the device falls back to the old one.
 */
function judgeFallback(
  installation: Installation,
  evidence: Evidence,
  { rollbackWindowMs }: ProofRules,
): InstallationChange | null {
  const { systemVersion, slot, at } = evidence;
  const { fromVersion, fromSlot, targetVersion, bootedVersion, bootedSlot, endedAt } = installation;
  const isOtherVersion = systemVersion !== (bootedVersion ?? targetVersion);
  const isOldSlot = slot !== null && slot === fromSlot && bootedSlot !== null && bootedSlot !== fromSlot;
  const isOld = systemVersion !== null && systemVersion === fromVersion && (isOtherVersion || isOldSlot);
  if (!isOld || endedAt === null || bootSinceOffer(installation, evidence) !== 'new') return null;
  const isRecent = at.getTime() - endedAt.getTime() <= rollbackWindowMs;
  return isRecent
    ? {
        state: 'rolled-back',
        message: circumstance('device-fell-back', { version: systemVersion, slot: isOldSlot ? slot : null }),
        bootedVersion: systemVersion,
        bootedSlot: slot,
      }
    : null;
}

/** Boot ids since the offer say more than events since the last contact. A slot changes only with a boot. */
function bootSinceOffer(
  { fromBootId, fromSlot }: Installation,
  { boot, bootId, slot }: Evidence,
): BootChange {
  if (bootId !== null && fromBootId !== null) return bootId === fromBootId ? 'same' : 'new';
  const isOtherSlot = slot !== null && fromSlot !== null && slot !== fromSlot;
  return isOtherSlot ? 'new' : boot;
}
