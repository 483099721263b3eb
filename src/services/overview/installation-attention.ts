import type { TroubledState } from '../../core/installation-states';
import type { StoppedDevices, TroubledDevices } from '../../ports/fleet-counts';
import type { AttentionItem } from './attention-item';
import { counted } from './attention-words';

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

const troubleWords = {
  failed: 'failed on',
  'rolled-back': 'was rolled back on',
  rejected: 'was rejected by',
  lost: 'went silent on',
  interrupted: 'was interrupted by a reboot on',
} as const satisfies Readonly<Record<TroubledState, string>>;

function ofTrouble({ compatible, channel, state, devices }: TroubledDevices): AttentionItem {
  const place = compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
  return {
    kind: state,
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    message: `the latest installation ${troubleWords[state]} ${counted(devices, 'device')} ${place}`,
  };
}

function ofStopped({ compatible, channel, devices }: StoppedDevices): AttentionItem {
  const place = compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
  const [it, waits] =
    devices === 1 ? ['it', 'is waiting for its reboot'] : ['they', 'are waiting for their reboot'];
  return {
    kind: 'stopped',
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    message:
      `${counted(devices, 'device')} ${place} stopped reading the bundle over a day ago and did not reboot: the installation failed, or ${it} ${waits}. ` +
      "Check RAUC's log there, then reboot the device, or call off the installation (device cancel)",
  };
}
