import { attentionReason } from '../../core/reasons/attention/sentences';
import type { StoppedDevices, TroubledDevices } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';

export interface InstallationFacts {
  readonly troubled: readonly TroubledDevices[];
  /** Devices that stopped reading a bundle, at least {@link stoppedNoticeMs} ago. */
  readonly stopped: readonly StoppedDevices[];
}

/** So long a device may wait for its reboot before anybody looks. */
export const stoppedNoticeMs = 86_400_000;
/** Devices name their compatible themselves: there may be many. */
const maxTroubles = 100;

/** What needs attention about how installations end; what affects most devices comes first. */
export function ofInstallations({ troubled, stopped }: InstallationFacts): readonly AttentionItem[] {
  const worst = [...troubled].sort((a, b) => b.devices - a.devices).slice(0, maxTroubles);
  return [...worst.map(ofTrouble), ...stopped.slice(0, maxTroubles).map(ofStopped)];
}

function ofTrouble({ compatible, channel, state, devices }: TroubledDevices): AttentionItem {
  return {
    kind: state,
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    reason: attentionReason(state, { devices, compatible, channel }),
  };
}

function ofStopped({ compatible, channel, devices }: StoppedDevices): AttentionItem {
  return {
    kind: 'stopped',
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    reason: attentionReason('stopped', { devices, compatible, channel }),
  };
}
