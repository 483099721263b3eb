import { type InstallationState, isUnsettled } from './installation-states';
import type { Why } from './reasons/why';

/**
 * - `unread`: the device has not read all of the signature, as far as we know
 * - `read`: it has read it
 * - `accepted`: it has read it and remembers the bundle (If-None-Match), so the signature was good
 */
export type SignatureState = 'unread' | 'read' | 'accepted';

/** One device's attempt at one bundle, from the offer to the proof. */
export interface Installation {
  /** 1 to {@link maxInstallationId}. */
  readonly id: number;
  readonly deviceId: string;
  readonly bundleName: string;
  readonly sha256: string;
  /** The release for which it was offered; `null` for a pinned bundle, or one that the device requested without an offer. */
  readonly releaseId: number | null;
  /** The step of the rollout that the device belongs to, from 0; `null` without a release. */
  readonly step: number | null;
  /** The bundle's version; `null` when unknown. */
  readonly targetVersion: string | null;
  /** What ran when it was offered. */
  readonly fromVersion: string | null;
  readonly fromBootId: string | null;
  /** The slot that ran then, as the device names it; `null` when it does not report it. */
  readonly fromSlot: string | null;
  /** The version that ran after the boot that decided its end; `null` before that, and when it ended otherwise. */
  readonly bootedVersion: string | null;
  readonly bootedSlot: string | null;
  readonly state: InstallationState;
  readonly offeredAt: Date;
  /** Until this time an install request gets this bundle, whatever was decided meanwhile. */
  readonly offerEndsAt: Date;
  /** When the device was seen to begin; `null` before. */
  readonly startedAt: Date | null;
  /** When the device said that the bundle is written; `null` before. */
  readonly installedAt: Date | null;
  /** When it last made progress: it began, read payload, or reported; `null` before. */
  readonly movedAt: Date | null;
  /** When it reached a final state; `null` before. */
  readonly endedAt: Date | null;
  readonly updatedAt: Date;
  /** RAUC's name for the latest attempt. */
  readonly transactionId: string | null;
  /** How many attempts began. */
  readonly attempts: number;
  /** How often the device was offered the bundle. */
  readonly polls: number;
  /** Payload bytes sent to this device. */
  readonly bytesSent: number;
  /** How many of them were sent in attempts before the latest. */
  readonly bytesBefore: number;
  /** With fewer payload bytes no image can be written (`core/payload-need`); 0 when unknown. */
  readonly leastBytes: number;
  /** With fewer payload bytes the bundle cannot be complete; 0 when unknown. */
  readonly wholeBytes: number;
  readonly bundleSizeBytes: number;
  /** As the device reports it, 0 to 100. */
  readonly progressPercent: number | null;
  /** The last word about it, from the device or from us. */
  readonly message: Why | null;
  /** What RAUC's own poller is known to have done with the signature. */
  readonly signature: SignatureState;
  /** Polls of RAUC's own poller, in the same boot, since it stopped. */
  readonly silentPolls: number;
  /** Whether the state was concluded from silence; later contacts may still show otherwise. */
  readonly isPresumed: boolean;
  /** When a person cleared this failure, which then no longer counts against the bundle. */
  readonly clearedAt: Date | null;
}

/** Other protocols number installations with signed 32-bit integers. */
export const maxInstallationId = 2 ** 31 - 1;

/** How many installations of a device are kept; the oldest are forgotten first. */
export const keptInstallations = 50;

/** Payload bytes of the latest attempt. */
export function payloadBytes({ bytesSent, bytesBefore }: Installation): number {
  return Math.max(0, bytesSent - bytesBefore);
}

/** Whether the bundle may be on the device: it says so, or it has read enough for that, as far as is known. */
export function mayBeWritten(installation: Installation): boolean {
  return installation.installedAt !== null || payloadBytes(installation) >= installation.wholeBytes;
}

/** How far it has come, judging by its times. */
export function reachedState({
  startedAt,
  installedAt,
}: Pick<Installation, 'startedAt' | 'installedAt'>): InstallationState {
  if (installedAt !== null) return 'installed';
  return startedAt === null ? 'offered' : 'downloading';
}

/** A change of an installation, as {@link changeInstallation} takes it. */
export type InstallationChange = Partial<
  Omit<Installation, 'id' | 'deviceId' | 'bundleName' | 'sha256' | 'releaseId' | 'step' | 'updatedAt'>
>;

/** Applies a change, and keeps `endedAt` consistent with the state. */
export function changeInstallation(
  installation: Installation,
  change: InstallationChange,
  at: Date,
): Installation {
  const changed = { ...installation, ...change, updatedAt: at };
  if (isUnsettled(changed)) return changed.endedAt === null ? changed : { ...changed, endedAt: null };
  return { ...changed, endedAt: changed.state === installation.state ? (installation.endedAt ?? at) : at };
}
