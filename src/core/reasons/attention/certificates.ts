import { sayWhy } from '../../circumstances/sentences';
import type { Why } from '../why';
import { counted } from '../../../base/text/counted';
import { dayOf, inDays, named } from './words';

/** How many names a sentence lists. */
const maxNamed = 5;

/** When a certificate ends, and what that means. */
function expires(days: number, hasExpired = days < 0): string {
  return hasExpired
    ? 'has expired: devices cannot connect.'
    : `expires ${inDays(days)}: devices cannot connect then.`;
}

function makeAgain(options: readonly string[]): string {
  return `Create it again with: cert server ${options.slice(0, maxNamed).join(' ')} --force`;
}

function misses(names: readonly string[]): string {
  return `does not cover ${named(names, names.length, maxNamed)}, which devices asked for in the last 7 days`;
}

function staysInUse(until: string): string {
  return `The previous one stays in use and expires on ${dayOf(until)}.`;
}

interface Missed {
  names: readonly string[];
  /** Options of `cert server` that add the names. */
  options: readonly string[];
}

interface Devices {
  devices: number;
  /** The first of the devices. */
  ids: readonly string[];
}

interface OldCertificates extends Devices {
  /** How many of the devices have a new certificate that they have not used yet. */
  renewed: number;
  renewedIds: readonly string[];
}

const acceptNoMore = 'When none is left, set OLD_CERTIFICATES=refuse.';

/** What needs attention about certificates. */
export const certificateAttention = {
  'ca-certificate-expiring': ({ days }: { days: number }) => `The CA certificate ${expires(days)}`,
  'server-certificate-expiring': ({ days }: { days: number }) => `The server certificate ${expires(days)}`,
  'server-certificate-not-renewed': ({
    days,
    hasExpired,
    why,
    remedy,
  }: {
    days: number;
    hasExpired: boolean;
    why: Why;
    remedy: Why;
  }) =>
    `The server certificate ${expires(days, hasExpired)} It cannot renew itself: ${sayWhy(why)}. ${sayWhy(remedy)}`,
  'new-server-certificate-expired': ({ expiredAt, until }: { expiredAt: string; until: string }) =>
    `The new server certificate is not in use: it expired on ${dayOf(expiredAt)}. ${staysInUse(until)} Create it again with: cert server --force`,
  'new-server-certificate-misses-names': ({ names, options, until }: Missed & { until: string }) =>
    `The new server certificate is not in use: it ${misses(names)}. ${staysInUse(until)} ` +
    `${makeAgain(options)}. It is used anyway after a restart, or 7 days after a device last asked for such a name.`,
  'server-certificate-misses-names': ({ names, options }: Missed) =>
    `The server certificate ${misses(names)}: those devices cannot connect. ${makeAgain(options)}`,
  'certificate-expiring': ({ devices, ids, noticeDays }: Devices & { noticeDays: number }) =>
    `${counted(devices, 'device')} ${devices === 1 ? 'has' : 'have'} a certificate that expires within ${counted(noticeDays, 'day')}, or expired recently: ${named(ids, devices)}.`,
  'old-certificate': ({ devices, ids, renewed, renewedIds }: OldCertificates) => {
    const [have, them] = devices === 1 ? ['has', 'it'] : ['have', 'them'];
    const old = `${counted(devices, 'device')} ${have} a certificate without a stated purpose, made by an earlier server: ${named(ids, devices, maxNamed)}.`;
    const make = `Replace ${them} with: cert device <id> --force (add --csr to keep the key on the device), then copy the new one there.`;
    const bring = `A new one was issued for ${named(renewedIds, renewed, maxNamed)} but is not in use yet: copy it there (device kit).`;
    const steps = [...(renewed < devices ? [make] : []), ...(renewed > 0 ? [bring] : [])];
    return [old, ...steps, acceptNoMore].join(' ');
  },
};
