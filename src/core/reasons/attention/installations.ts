import type { TroubledState } from '../../installation-states';
import { counted } from './words';

interface DevicesOfChannel {
  devices: number;
  /** `null` when unknown. */
  compatible: string | null;
  channel: string;
}

function place({ compatible, channel }: DevicesOfChannel): string {
  return compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
}

function latest(happened: string) {
  return (where: DevicesOfChannel) =>
    `the latest installation ${happened} ${counted(where.devices, 'device')} ${place(where)}`;
}

const troubles = {
  failed: latest('failed on'),
  'rolled-back': latest('was rolled back on'),
  rejected: latest('was rejected by'),
  lost: latest('went silent on'),
  interrupted: latest('was interrupted by a reboot on'),
} satisfies Record<TroubledState, unknown>;

/** What needs attention about how installations end. */
export const installationAttention = {
  ...troubles,
  stopped: (where: DevicesOfChannel) => {
    const [it, waits] =
      where.devices === 1 ? ['it', 'is waiting for its reboot'] : ['they', 'are waiting for their reboot'];
    return (
      `${counted(where.devices, 'device')} ${place(where)} stopped reading the bundle over a day ago and did not reboot: the installation failed, or ${it} ${waits}. ` +
      "Check RAUC's log there, then reboot the device, or call off the installation (device cancel)"
    );
  },
};
