import type { Actor, NewEvent } from '../../core/event';
import { changeInstallation, type Installation, type InstallationChange } from '../../core/installation';
import type { InstallationState } from '../../core/installation-states';
import { saying } from '../../core/journal/catalogue';
import { percentIn } from '../../core/progress-text';

export interface ChangedInstallation {
  readonly installation: Installation;
  /** One line, or none when nothing notable has changed. */
  readonly events: readonly NewEvent[];
}

/** Who did something to an installation, and when. */
export interface Cause {
  readonly at: Date;
  readonly actor: Actor;
}

/** Applies a change to an installation, with its line for the journal. */
export function changed(
  installation: Installation,
  change: InstallationChange,
  cause: Cause,
): ChangedInstallation {
  const after = changeInstallation(installation, change, cause.at);
  if (after.state !== installation.state || after.attempts !== installation.attempts) {
    return { installation: after, events: [tellState(installation, after, cause)] };
  }
  const isNoted =
    after.message !== null && after.message !== installation.message && !isSmallStep(installation, after);
  return {
    installation: after,
    events: isNoted ? [tell('noted', installation, after, cause)] : [],
  };
}

/** Progress gets a line for each ten percent, whatever its message. */
function isSmallStep(before: Installation, { progressPercent, message }: Installation): boolean {
  if (typeof message !== 'string' || percentIn(message) === null) return false;
  if (before.progressPercent === null || progressPercent === null) return false;
  return Math.floor(before.progressPercent / 10) === Math.floor(progressPercent / 10);
}

/** The journal line for an installation that begins. */
export function tellState(before: Installation | null, after: Installation, cause: Cause): NewEvent {
  return tell(after.state, before, after, cause);
}

function tell(
  what: InstallationState | 'noted',
  before: Installation | null,
  after: Installation,
  { at, actor }: Cause,
): NewEvent {
  const { deviceId, bundleName, releaseId, id } = after;
  return {
    kind: `installation.${what}`,
    at,
    actor,
    reason: saying(`installation-${what}`, { device: deviceId, bundle: bundleName, why: after.message }),
    subject: { deviceId, bundleName, releaseId, installationId: id },
    ...(before === null ? {} : { before: { state: before.state } }),
    after: { state: after.state, attempts: after.attempts, version: after.targetVersion },
  };
}
