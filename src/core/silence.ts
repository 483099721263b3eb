import { circumstance } from './circumstances/catalogue';
import { isSameWhy } from './circumstances/sentences';
import { type Installation, type InstallationChange, payloadBytes, reachedState } from './installation';
import { endingAs, isStarted } from './installation-states';
import type { Evidence, ProofRules } from './evidence';

/** What remains unknown because of the device's silence. */
export const openEnds = {
  unclear: circumstance('download-unclear'),
  notTaken: circumstance('offer-not-taken'),
  stalled: circumstance('installation-stalled'),
} as const;

/** What can be concluded from the device's silence. */
export const conclusions = {
  tooLittle: circumstance('read-too-little'),
  tooLong: circumstance('never-booted'),
  rejected: circumstance('signature-rejected'),
} as const;

/** RAUC tries a poll up to six times, a second apart; the next poll comes half a minute later at the earliest. */
export const samePollMs = 20_000;

/** After rejecting a bundle, RAUC waits longer than one interval, which is at least a minute; an installation begins sooner. */
const rejectedAfterMs = 60_000;

/**
 * Judges a contact that proves nothing. It may revive a lost installation, leave a question for people, or show something by what
 * it lacks.
 *
 * RAUC's own poller does not poll while it installs: a poll means that any installation is over, but not how it ended. A script
 * may poll while its installer still runs, so for a script only a long standstill means something.
 * @returns what changes, or `null`
 */
export function judgeSilence(
  installation: Installation,
  evidence: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  const { state } = installation;
  if (state === 'lost') return takeUp(installation, evidence.at);
  if (isStarted(installation) && stalledMs(installation, evidence.at) > rules.stalledAfterMs) {
    return { state: endingAs(installation, 'stopped'), message: openEnds.stalled, silentPolls: 0 };
  }
  if (!evidence.isPoll) return null;
  return evidence.native === null
    ? judgeScript(installation, evidence, rules)
    : judgePoller(installation, { ...evidence, native: evidence.native }, rules);
}

/** Whether a poll has shown that an installation of RAUC's own poller is over, rather than the time alone. */
export function isOverByPoll({ state, isPresumed, message, silentPolls }: Installation): boolean {
  if (state === 'stopped') return silentPolls > 0 || isSameWhy(message, openEnds.unclear);
  return isPresumed && Object.values(conclusions).some((why) => isSameWhy(message, why));
}

/** Continues where the device was before it was lost. */
export function takeUp(installation: Installation, at: Date): InstallationChange {
  return { state: reachedState(installation), message: circumstance('device-back'), movedAt: at };
}

function judgeScript(
  installation: Installation,
  { boot }: Evidence,
  rules: ProofRules,
): InstallationChange | null {
  const { state, message } = installation;
  const isUnclear = state === 'downloading' && boot === 'same';
  if (isUnclear && !isSameWhy(message, openEnds.unclear)) return { message: openEnds.unclear };
  return judgeNotTaken(installation, rules);
}

function judgeNotTaken(
  { state, polls, message }: Installation,
  { patiencePolls }: ProofRules,
): InstallationChange | null {
  const isNotTaken = state === 'offered' && polls > patiencePolls;
  return isNotTaken && !isSameWhy(message, openEnds.notTaken) ? { message: openEnds.notTaken } : null;
}

type PollerEvidence = Evidence & { readonly native: NonNullable<Evidence['native']> };

function judgePoller(
  installation: Installation,
  evidence: PollerEvidence,
  rules: ProofRules,
): InstallationChange | null {
  const { state, signature, leastBytes } = installation;
  const { at, native, boot } = evidence;
  const accepts = native.knownEtag?.includes(installation.sha256) === true;
  if (state === 'offered') {
    if (accepts)
      return signature === 'accepted' ? judgeNotTaken(installation, rules) : { signature: 'accepted' };
    if (boot === 'new') return signature === 'unread' ? null : { signature: 'unread' };
    return isRejected(installation, at) ? rejected : judgeNotTaken(installation, rules);
  }
  if (state === 'downloading' && stalledMs(installation, at) >= samePollMs) {
    if (!accepts && boot !== 'new' && payloadBytes(installation) === 0 && isRejected(installation, at))
      return rejected;
    const isTooLittle = payloadBytes(installation) < leastBytes;
    return isTooLittle
      ? { state: 'failed', isPresumed: true, message: conclusions.tooLittle }
      : { state: 'stopped', message: openEnds.unclear, silentPolls: 0 };
  }
  return state === 'stopped' ? countSilence(installation, at, rules) : null;
}

const rejected: InstallationChange = {
  state: 'rejected',
  isPresumed: true,
  signature: 'unread',
  message: conclusions.rejected,
};

/** RAUC remembers the bundle it accepted, and names it in If-None-Match. */
function isRejected({ signature, updatedAt }: Installation, at: Date): boolean {
  return signature === 'read' && Math.abs(at.getTime() - updatedAt.getTime()) >= rejectedAfterMs;
}

function countSilence(
  { installedAt, silentPolls, updatedAt }: Installation,
  at: Date,
  { failAfterPolls }: ProofRules,
): InstallationChange | null {
  if (failAfterPolls === 0 || installedAt !== null) return null;
  if (Math.abs(at.getTime() - updatedAt.getTime()) < samePollMs) return null;
  return silentPolls + 1 < failAfterPolls
    ? { silentPolls: silentPolls + 1 }
    : { state: 'failed', isPresumed: true, message: conclusions.tooLong };
}

/** When it last began, read or reported; works with a clock that was set back. */
function stalledMs({ movedAt, installedAt, startedAt, offeredAt }: Installation, at: Date): number {
  return Math.abs(at.getTime() - (movedAt ?? installedAt ?? startedAt ?? offeredAt).getTime());
}
