import { describeBoard } from '../../core/board';
import type { SharedCertificate, SilentPollerCount } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';
import { counted, lengthOf, named } from './attention-words';

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
    {
      kind: 'waiting',
      count: waiting,
      message: `${counted(waiting, 'device')} waiting for admission`,
    },
    { kind: 'held', count: held, message: `${counted(held, 'device')} on hold and offered nothing` },
  ];
}

function ofShared({ deviceId, own, other }: SharedCertificate): AttentionItem {
  const message =
    `two boards use the certificate of ${deviceId}: one has ${describeBoard(own)}; the other has ${describeBoard(other)}. ` +
    'Issue the other one a certificate with its own id, then clear the device.';
  return { kind: 'second-board', count: 1, deviceId, message };
}

function ofOtherClaims({ devices, ids }: NoticedDevices['otherClaims']): AttentionItem {
  const message =
    `${counted(devices, 'device')} that report another compatible than their certificate: ${named(ids, devices)}. ` +
    'The certificate takes precedence; issue another one if it is wrong';
  return { kind: 'other-compatible', count: devices, message };
}

function ofSilent({ devices, ids, before, afterMs }: SilentDevices): AttentionItem {
  const [have, remedy] =
    devices === 1
      ? ['has', 'Check its power and network. Put it on hold if it is in storage, or forget it if it is gone']
      : [
          'have',
          'Check their power and network. Put those in storage on hold, and forget those that are gone',
        ];
  const silent = `${counted(devices, 'device')} ${have} been silent for more than ${lengthOf(afterMs)}`;
  const message = `${silent}: ${named(ids, devices)}. ${remedy}`;
  return {
    kind: 'silent',
    count: devices,
    ...(devices === 1 && ids[0] !== undefined ? { deviceId: ids[0] } : {}),
    lastContactBefore: before,
    message,
  };
}

const headerWords = { 'boot-id': 'boot id', 'system-version': 'version' } as const;

function ofSilentPoller({ omits, devices, ids }: SilentPollerCount): AttentionItem {
  const missing = omits.map((name) => headerWords[name]).join(' and ');
  const [poll, their] = devices === 1 ? ['polls', 'its'] : ['poll', 'their'];
  const message =
    `${counted(devices, 'device')} that ${poll} by update.raucb without telling ${their} ${missing}: ${named(ids, devices)}. ` +
    'The server cannot learn how updates end there, and a bundle that does not boot is tried again. ' +
    `In system.conf, under [streaming], set send-headers=${omits.join(';')}`;
  return { kind: 'silent-poller', count: devices, message };
}
