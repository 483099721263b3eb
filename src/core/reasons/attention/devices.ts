import { counted } from '../../../base/text/counted';
import type { Budget } from '../../budget';
import type { ProvingHeader } from '../../silent-poller';
import { areRevoked, lengthOf, named } from './words';

interface Devices {
  devices: number;
  /** The first of the devices. */
  ids: readonly string[];
}

interface Excess {
  times: number;
  budgets: readonly Budget[];
}

const headerWords: Readonly<Record<ProvingHeader, string>> = {
  'boot-id': 'boot id',
  'system-version': 'version',
};

const excessWords: Readonly<Record<Budget, string>> = {
  memory: 'unread answers',
  resets: 'requests cancelled at once',
  connections: 'open connections',
  handshakes: 'TLS handshakes',
  requests: 'requests per minute',
  journal: 'journal lines per hour',
};

function excess({ times, budgets }: Excess): string {
  const words = budgets.map((budget) => excessWords[budget]).join(', ');
  return `has exceeded its limits and was refused ${counted(times, 'time')} recently: ${words}`;
}

/** What needs attention about the state and reports of devices. */
export const deviceAttention = {
  'second-board': ({ deviceId, own, other }: { deviceId: string; own: string; other: string }) =>
    `Two boards use the certificate of ${deviceId}: one has ${own}; the other has ${other}. ` +
    'Issue the other one a certificate with its own id, then clear the device.',
  'other-compatible': ({ devices, ids }: Devices) => {
    const [report, its] = devices === 1 ? ['reports', 'its'] : ['report', 'their'];
    return (
      `${counted(devices, 'device')} ${report} a different compatible than ${its} certificate: ${named(ids, devices)}. ` +
      'The certificate takes precedence; issue another one if it is wrong.'
    );
  },
  silent: ({ devices, ids, afterMs, revoked }: Devices & { afterMs: number; revoked: readonly string[] }) => {
    const [have, remedy] =
      devices === 1
        ? [
            'has',
            'Check its power and network. Put it on hold if it is in storage, or forget it if it is gone.',
          ]
        : [
            'have',
            'Check their power and network. Put those in storage on hold, and forget those that are gone.',
          ];
    return `${counted(devices, 'device')} ${have} been silent for more than ${lengthOf(afterMs)}: ${named(ids, devices)}. ${remedy}${areRevoked(revoked)}`;
  },
  'silent-poller': ({ devices, ids, omits }: Devices & { omits: readonly ProvingHeader[] }) => {
    const missing = omits.map((name) => headerWords[name]).join(' and ');
    const [poll, their] = devices === 1 ? ['polls', 'its'] : ['poll', 'their'];
    return (
      `${counted(devices, 'device')} ${poll} by update.raucb without reporting ${their} ${missing}: ${named(ids, devices)}. ` +
      'The server cannot learn how updates end there, and a bundle that does not boot is tried again. ' +
      `In system.conf, under [streaming], set send-headers=${omits.join(';')}`
    );
  },
  waiting: ({ devices }: { devices: number }) =>
    `${counted(devices, 'device')} ${devices === 1 ? 'is' : 'are'} waiting for admission.`,
  held: ({ devices }: { devices: number }) =>
    devices === 1
      ? '1 device is on hold and is offered nothing.'
      : `${devices} devices are on hold and are offered nothing.`,
  'device-over-budget': ({ deviceId, ...rest }: Excess & { deviceId: string }) =>
    `${deviceId} ${excess(rest)}. Check what is running there; ` +
    `if you cannot find out, revoke its certificate: rauc-simple-server cert revoke ${deviceId}`,
  'address-over-budget': ({ address, ...rest }: Excess & { address: string }) =>
    `${address} ${excess(rest)}. If it is a proxy for devices, add it to TRUSTED_PROXIES; ` +
    'otherwise find out what it is, or block it in the firewall.',
};
