import { counted } from '../../../base/text/counted';
import type { TroubledState } from '../../installation-states';
import { areRevoked, named } from './words';

interface DevicesOfChannel {
  devices: number;
  /** The first of the devices. */
  ids: readonly string[];
  /** `null` when unknown. */
  compatible: string | null;
  channel: string;
}

function place({ compatible, channel }: DevicesOfChannel): string {
  return compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
}

function latest(happened: string) {
  return (where: DevicesOfChannel) =>
    `The latest installation ${happened} ${counted(where.devices, 'device')} ${place(where)}: ${named(where.ids, where.devices)}.`;
}

const troubles = {
  failed: latest('failed on'),
  'rolled-back': latest('was rolled back on'),
  rejected: latest('was rejected by'),
  lost: ({ revoked, ...where }: DevicesOfChannel & { revoked: readonly string[] }) => {
    const [their, which] = where.devices === 1 ? ['its', 'if it'] : ['their', 'of each that'];
    return (
      `${latest('went silent on')(where)} Check ${their} power and network, and revoke the certificate ${which} was lost or stolen.` +
      areRevoked(revoked)
    );
  },
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
      "Check RAUC's log there, then reboot the device, or cancel the installation (device cancel)."
    );
  },
};
