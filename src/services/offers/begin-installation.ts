import { circumstance } from '../../core/circumstances/catalogue';
import type { Bundle } from '../../core/bundle';
import { type Contact, slotOf } from '../../core/contact';
import type { Actor } from '../../core/event';
import type { Installation } from '../../core/installation';
import { isUnsettled } from '../../core/installation-states';
import { payloadNeed } from '../../core/payload-need';
import type { ProofRules } from '../../core/evidence';
import { judgeContact } from '../../core/proof';
import { samePollMs } from '../../core/silence';
import type { DeviceRecord } from '../../core/device-record';
import type { DeviceDraft } from '../devices/device-draft';
import { changed, tellState } from '../devices/installation-events';

/** A bundle, and the release for which it is offered. Without a release it is pinned, or the device took it on its own. */
export interface Offered {
  readonly bundle: Bundle;
  readonly release: { readonly id: number } | null;
  /** The step of the rollout that the device belongs to. */
  readonly step: number | null;
}

export interface BeginPorts {
  readonly proofRules: ProofRules;
  /** How long a device may still ask for what it was offered, in milliseconds. */
  readonly offerLifetimeMs: number;
}

/**
 * Records that a device was offered a bundle or begins to install it, in its unsettled installation for the bundle or a new one.
 */
export type BeginInstallation = (
  draft: DeviceDraft,
  offered: Offered,
  contact: Contact,
  /** Default: the device itself. */
  actor?: Actor,
) => void;

export function createBeginInstallation({ proofRules, offerLifetimeMs }: BeginPorts): BeginInstallation {
  return (draft, offered, contact, actor = deviceActor(draft.record.device.id, contact)) => {
    const { device, installation } = draft.record;
    const { at, transactionId } = contact;
    const cause = { at, actor };
    const offerEndsAt = new Date(at.getTime() + offerLifetimeMs);
    const unsettled = installation !== null && isUnsettled(installation) ? installation : null;
    if (unsettled !== null && isAbout(unsettled, offered)) {
      const again = changed(
        unsettled,
        { ...attempt(unsettled, contact), offerEndsAt, ...told(unsettled, contact) },
        cause,
      );
      if (transactionId === null && standsForLong(unsettled, at)) draft.renew(again.installation);
      else draft.change(again.installation, again.events);
      return;
    }
    // Retrying a finished attempt does not start another one.
    const isRetry = transactionId !== null && installation?.transactionId === transactionId;
    const isSame = isRetry && installation.sha256 === offered.bundle.sha256;
    if (isSame && installation.state !== 'interrupted') return;
    const message = circumstance('installation-replaced', { bundle: offered.bundle.name });
    const replaced = { state: 'withdrawn', message } as const;
    if (unsettled !== null) {
      const ended = changed(unsettled, replaced, cause);
      draft.change(ended.installation, ended.events);
    }
    draft.begin(
      (id) => newInstallation(id, device, offered, contact, offerEndsAt),
      (begun) => tellState(null, begun, cause),
    );
  };

  /** Whether a crash may lose the renewal because the offer is valid without it. */
  function standsForLong({ offerEndsAt }: Installation, at: Date): boolean {
    const leftMs = offerEndsAt.getTime() - at.getTime();
    return leftMs >= offerLifetimeMs / 2 && leftMs <= offerLifetimeMs;
  }

  function attempt(unsettled: Installation, { at, transactionId, facts }: Contact) {
    if (transactionId === null) return {};
    const { bootId = null, systemVersion = null } = facts;
    const said = { bootId, systemVersion, slot: slotOf(facts) };
    const evidence = { at, transactionId, isPoll: false, native: null, boot: 'unknown' as const, ...said };
    return judgeContact(unsettled, evidence, proofRules) ?? {};
  }

  function told({ polls, offerEndsAt }: Installation, { at, transactionId }: Contact) {
    const sinceToldMs = Math.abs(at.getTime() + offerLifetimeMs - offerEndsAt.getTime());
    return transactionId !== null || sinceToldMs < samePollMs ? {} : { polls: polls + 1 };
  }
}

function isAbout(installation: Installation, { bundle, release }: Offered): boolean {
  if (installation.sha256 !== bundle.sha256) return false;
  return release === null || installation.releaseId === release.id;
}

function newInstallation(
  id: number,
  device: DeviceRecord['device'],
  { bundle, release, step }: Offered,
  { at, transactionId }: Contact,
  offerEndsAt: Date,
): Installation {
  const hasBegun = transactionId !== null;
  return {
    id,
    deviceId: device.id,
    bundleName: bundle.name,
    sha256: bundle.sha256,
    releaseId: release?.id ?? null,
    step,
    targetVersion: bundle.inspection.manifest?.version ?? null,
    fromVersion: device.facts.systemVersion,
    fromBootId: device.facts.bootId,
    fromSlot: slotOf(device.facts),
    bootedVersion: null,
    bootedSlot: null,
    state: hasBegun ? 'downloading' : 'offered',
    offeredAt: at,
    offerEndsAt,
    startedAt: hasBegun ? at : null,
    installedAt: null,
    movedAt: hasBegun ? at : null,
    endedAt: null,
    updatedAt: at,
    transactionId,
    attempts: hasBegun ? 1 : 0,
    polls: hasBegun ? 0 : 1,
    bytesSent: 0,
    bytesBefore: 0,
    ...payloadNeed(bundle),
    bundleSizeBytes: bundle.sizeBytes,
    progressPercent: null,
    message: null,
    signature: 'unread',
    silentPolls: 0,
    isPresumed: false,
    clearedAt: null,
  };
}

function deviceActor(id: string, { address }: Contact): Actor {
  return { name: `device:${id}`, address };
}
