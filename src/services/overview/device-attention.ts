import { describeBoard } from '../../core/board';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { NamedDevices, SharedCertificate, SilentPollerCount } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';

export interface NoticedDevices {
  /** Devices whose certificate two boards use; at most {@link maxSharedCertificates}. */
  readonly shared: readonly SharedCertificate[];
  readonly otherClaims: NamedDevices;
  readonly silentPollers: readonly SilentPollerCount[];
  /** `null` if the server was not up long enough to tell. */
  readonly silent: SilentDevices | null;
  /** Devices whose certificates are all revoked. */
  readonly revokedDevices: ReadonlySet<string>;
}

/** Devices that are not held and have been silent for long. */
export interface SilentDevices extends NamedDevices {
  /** They were last heard from before this time. */
  readonly before: Date;
  /** How long the server has been up since then, at least; in milliseconds. */
  readonly afterMs: number;
}

/** How many devices are listed one by one. */
export const maxSharedCertificates = 20;

/** What needs attention about the state and reports of devices. */
export function ofDevices({
  shared,
  otherClaims,
  silentPollers,
  silent,
  revokedDevices,
}: NoticedDevices): readonly AttentionItem[] {
  return [
    ...shared.map(ofShared),
    ofOtherClaims(otherClaims),
    ...silentPollers.map(ofSilentPoller),
    ...(silent === null ? [] : [ofSilent(silent, revokedDevices)]),
  ];
}

/** Devices that get nothing because of a decision, or until there is one. */
export function ofDecided({
  waiting,
  held,
}: {
  readonly waiting: number;
  readonly held: number;
}): readonly AttentionItem[] {
  return [
    { kind: 'waiting', count: waiting, reason: attentionReason('waiting', { devices: waiting }) },
    { kind: 'held', count: held, reason: attentionReason('held', { devices: held }) },
  ];
}

function ofShared({ deviceId, own, other }: SharedCertificate): AttentionItem {
  const boards = { own: describeBoard(own), other: describeBoard(other) };
  const reason = attentionReason('second-board', { deviceId, ...boards });
  return { kind: 'second-board', count: 1, deviceId, reason };
}

function ofOtherClaims({ devices, ids }: NoticedDevices['otherClaims']): AttentionItem {
  const reason = attentionReason('other-compatible', { devices, ids });
  return { kind: 'other-compatible', count: devices, devices: ids, reason };
}

function ofSilent(
  { devices, ids, before, afterMs }: SilentDevices,
  revokedDevices: ReadonlySet<string>,
): AttentionItem {
  const revoked = ids.filter((id) => revokedDevices.has(id));
  return {
    kind: 'silent',
    count: devices,
    ...(devices === 1 && ids[0] !== undefined ? { deviceId: ids[0] } : {}),
    devices: ids,
    revoked,
    lastContactBefore: before,
    reason: attentionReason('silent', { devices, ids, afterMs, revoked }),
  };
}

function ofSilentPoller({ omits, devices, ids }: SilentPollerCount): AttentionItem {
  const reason = attentionReason('silent-poller', { devices, ids, omits });
  return { kind: 'silent-poller', count: devices, devices: ids, reason };
}
