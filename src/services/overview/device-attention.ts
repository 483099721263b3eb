import { describeBoard } from '../../core/board';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { SharedCertificate, SilentPollerCount } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';

export interface NoticedDevices {
  /** Devices whose certificate two boards use; at most {@link maxSharedCertificates}. */
  readonly shared: readonly SharedCertificate[];
  readonly otherClaims: { readonly devices: number; readonly ids: readonly string[] };
  readonly silentPollers: readonly SilentPollerCount[];
  /** `null` while the server was not up for long enough to tell. */
  readonly silent: SilentDevices | null;
}

/** Devices that are not held and have been silent for long. */
export interface SilentDevices {
  readonly devices: number;
  /** Of some of them. */
  readonly ids: readonly string[];
  /** They were last heard before this. */
  readonly before: Date;
  /** For how long the server was up since then, at least; in milliseconds. */
  readonly afterMs: number;
}

/** Of devices that are named one by one. */
export const maxSharedCertificates = 20;

/** What needs attention about what devices are and report. */
export function ofDevices({
  shared,
  otherClaims,
  silentPollers,
  silent,
}: NoticedDevices): readonly AttentionItem[] {
  return [
    ...shared.map(ofShared),
    ofOtherClaims(otherClaims),
    ...silentPollers.map(ofSilentPoller),
    ...(silent === null ? [] : [ofSilent(silent)]),
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
  return { kind: 'other-compatible', count: devices, reason };
}

function ofSilent({ devices, ids, before, afterMs }: SilentDevices): AttentionItem {
  return {
    kind: 'silent',
    count: devices,
    ...(devices === 1 && ids[0] !== undefined ? { deviceId: ids[0] } : {}),
    lastContactBefore: before,
    reason: attentionReason('silent', { devices, ids, afterMs }),
  };
}

function ofSilentPoller({ omits, devices, ids }: SilentPollerCount): AttentionItem {
  const reason = attentionReason('silent-poller', { devices, ids, omits });
  return { kind: 'silent-poller', count: devices, reason };
}
