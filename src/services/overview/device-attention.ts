import { describeBoard } from '../../core/board';
import type { SharedCertificate, SilentPollerCount } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';
import { counted, named } from './attention-words';

export interface NoticedDevices {
  /** Devices whose certificate two boards use; at most {@link maxSharedCertificates}. */
  readonly shared: readonly SharedCertificate[];
  readonly otherClaims: { readonly devices: number; readonly ids: readonly string[] };
  readonly silentPollers: readonly SilentPollerCount[];
}

/** Of devices that are named one by one. */
export const maxSharedCertificates = 20;

/** What a person should look at of what devices are and tell. */
export function ofDevices({ shared, otherClaims, silentPollers }: NoticedDevices): readonly AttentionItem[] {
  return [...shared.map(ofShared), ofOtherClaims(otherClaims), ...silentPollers.map(ofSilentPoller)];
}

/** Devices for which a person has to decide, or has decided, that they get nothing. */
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
      message: `${counted(waiting, 'device')} to be admitted by a person`,
    },
    { kind: 'held', count: held, message: `${counted(held, 'device')} held, and offered nothing` },
  ];
}

function ofShared({ deviceId, own, other }: SharedCertificate): AttentionItem {
  const message =
    `two boards use the certificate of ${deviceId}: one has ${describeBoard(own)}; the other has ${describeBoard(other)}. ` +
    'Issue the other one a certificate under a name of its own, then clear the device.';
  return { kind: 'second-board', count: 1, deviceId, message };
}

function ofOtherClaims({ devices, ids }: NoticedDevices['otherClaims']): AttentionItem {
  const message =
    `${counted(devices, 'device')} of another compatible than the certificate says, by their own word: ${named(ids, devices)}. ` +
    'The certificate counts; issue another one if it is wrong';
  return { kind: 'other-compatible', count: devices, message };
}

const headerWords = { 'boot-id': 'boot id', 'system-version': 'version' } as const;

function ofSilentPoller({ omits, devices, ids }: SilentPollerCount): AttentionItem {
  const missing = omits.map((name) => headerWords[name]).join(' and ');
  const [poll, their] = devices === 1 ? ['polls', 'its'] : ['poll', 'their'];
  const message =
    `${counted(devices, 'device')} that ${poll} by update.raucb without telling ${their} ${missing}: ${named(ids, devices)}. ` +
    'Nobody learns there what came of an update, and a bundle that does not boot is tried again. ' +
    `In system.conf, under [streaming], add to send-headers: send-headers=${omits.join(';')}`;
  return { kind: 'silent-poller', count: devices, message };
}
