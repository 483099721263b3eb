import { attentionReason } from '../../core/reasons/attention/sentences';
import type { StoppedDevices, TroubledDevices } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';

export interface InstallationFacts {
  readonly troubled: readonly TroubledDevices[];
  /** Devices that stopped reading a bundle, at least {@link stoppedNoticeMs} ago. */
  readonly stopped: readonly StoppedDevices[];
  /** Devices whose certificates are all revoked. */
  readonly revokedDevices: ReadonlySet<string>;
}

/** How long a device may wait for its reboot before it needs attention. */
export const stoppedNoticeMs = 86_400_000;
/** Devices choose their compatible names, so there may be many. */
const maxTroubles = 100;

/** What needs attention about how installations end; problems of the most devices first. */
export function ofInstallations({
  troubled,
  stopped,
  revokedDevices,
}: InstallationFacts): readonly AttentionItem[] {
  const worst = [...troubled].sort((a, b) => b.devices - a.devices).slice(0, maxTroubles);
  return [
    ...worst.map((one) => ofTrouble(one, revokedDevices)),
    ...stopped.slice(0, maxTroubles).map(ofStopped),
  ];
}

function ofTrouble(trouble: TroubledDevices, revokedDevices: ReadonlySet<string>): AttentionItem {
  const { state, ...where } = trouble;
  if (state !== 'lost') return { kind: state, ...placeOf(where), reason: attentionReason(state, where) };
  const revoked = where.ids.filter((id) => revokedDevices.has(id));
  return { kind: state, ...placeOf(where), revoked, reason: attentionReason(state, { ...where, revoked }) };
}

function ofStopped(where: StoppedDevices): AttentionItem {
  return { kind: 'stopped', ...placeOf(where), reason: attentionReason('stopped', where) };
}

function placeOf({ compatible, channel, devices, ids }: StoppedDevices) {
  return { count: devices, devices: ids, ...(compatible === null ? {} : { compatible }), channel };
}
