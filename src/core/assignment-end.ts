import { isAssignmentWindowOver } from './assignment-window';
import { circumstance } from './circumstances/catalogue';
import type { DeviceRecord } from './device-record';
import type { ProofRules } from './evidence';
import type { Installation } from './installation';
import { isUnsettled, isWritten } from './installation-states';
import { type PinTerms, termsOf } from './pin-terms';
import type { Circumstance } from './reasons/why';

/**
 * Why the assignment of a device that asks can never end: its window does not open again, or it is for download only and the
 * device does not report that. A client that streams its bundles never does.
 * @param tellsTerms the device asks by a protocol that tells it the terms
 * @returns `null` while it continues, and for a pin without terms
 */
export function whyAssignmentEnds(
  { device: { pin }, installation }: Pick<DeviceRecord, 'device' | 'installation'>,
  at: Date,
  rules: Pick<ProofRules, 'stalledAfterMs' | 'patiencePolls'>,
  tellsTerms: boolean,
): Circumstance | null {
  const terms = pin?.terms;
  if (terms === undefined) return null;
  const own = installation !== null && termsOf(pin, installation) === terms ? installation : null;
  if (own !== null && isTaken(own)) return null;
  if (terms.window !== null && isAssignmentWindowOver(terms.window, at))
    return circumstance('assignment-window-over');
  return own !== null && isUnanswered(own, terms, at, rules, tellsTerms)
    ? circumstance('assignment-unanswered')
    : null;
}

/** The device has installed it, or is installing it. */
function isTaken(installation: Installation): boolean {
  const { installedAt, progressPercent } = installation;
  return (
    installedAt !== null || isWritten(installation) || (isUnsettled(installation) && progressPercent !== null)
  );
}

function isUnanswered(
  installation: Installation,
  { kind, window }: PinTerms,
  at: Date,
  { stalledAfterMs, patiencePolls }: Pick<ProofRules, 'stalledAfterMs' | 'patiencePolls'>,
  tellsTerms: boolean,
): boolean {
  const { state, startedAt, movedAt, offeredAt, polls } = installation;
  if (kind !== 'downloadonly' || !isUnsettled(installation) || state === 'cancelling') return false;
  // The device reports its download when the window opens.
  if (startedAt !== null && window !== null) return false;
  // No one could hear the device while the server was off.
  if (startedAt === null && tellsTerms && polls <= patiencePolls) return false;
  return Math.abs(at.getTime() - (movedAt ?? startedAt ?? offeredAt).getTime()) > stalledAfterMs;
}
