import type { InstallationJson } from '../../../contract/installation';
import type { Installation } from '../../../core/installation';
import { isWritten } from '../../../core/installation-states';
import { instantText } from '../kernel/instant-text';
import { presentWhy } from '../../../contract/present-why';

export function presentInstallation(installation: Installation): InstallationJson {
  const { bytesSent, bundleSizeBytes, step } = installation;
  const {
    reason: message,
    reason_code: reason,
    reason_parameters: parameters,
  } = presentWhy(installation.message);
  return {
    id: installation.id,
    device: installation.deviceId,
    bundle: installation.bundleName,
    sha256: installation.sha256,
    release_id: installation.releaseId,
    step: step === null ? null : step + 1,
    target_version: installation.targetVersion,
    from_version: installation.fromVersion,
    from_slot: installation.fromSlot,
    booted_version: installation.bootedVersion,
    booted_slot: installation.bootedSlot,
    state: installation.state,
    offered_at: installation.offeredAt.toISOString(),
    started_at: instantText(installation.startedAt),
    installed_at: instantText(installation.installedAt),
    ended_at: instantText(installation.endedAt),
    updated_at: installation.updatedAt.toISOString(),
    transaction_id: installation.transactionId,
    attempts: installation.attempts,
    polls: installation.polls,
    bundle_size: bundleSizeBytes,
    bytes_sent: bytesSent,
    bytes_saved:
      hasInstalled(installation) && bytesSent > 0 ? Math.max(0, bundleSizeBytes - bytesSent) : null,
    progress: progressOf(installation),
    concluded: installation.isPresumed,
    message,
    reason,
    parameters,
    cleared_at: instantText(installation.clearedAt),
  };
}

function hasInstalled({ state, installedAt }: Installation): boolean {
  return isWritten({ state }) || installedAt !== null;
}

/** An adaptive update finishes before all bytes were sent. */
function progressOf({ state, progressPercent, bytesSent, bundleSizeBytes }: Installation): number | null {
  if (isWritten({ state })) return 100;
  if (progressPercent !== null) return progressPercent;
  if (bytesSent === 0 || bundleSizeBytes === 0) return null;
  return Math.min(99, Math.floor((bytesSent / bundleSizeBytes) * 100));
}
