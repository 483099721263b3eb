import { sayWhy } from '../circumstances/sentences';
import type { Why } from '../reasons/why';
import { dayOf, named } from '../reasons/attention/words';
import { because, type Lines } from './line-words';

const maxNamed = 5;

/** Times are in ISO 8601, UTC. */
export const certificateLines = {
  'certificate-issued': ({ device }: { device: string }) => `a certificate was issued for ${device}`,
  'certificate-revoked': ({ serial, device, why }: { serial: string; device: string | null; why: string }) =>
    `the certificate ${serial}${device === null ? '' : ` of ${device}`} was revoked${because(why)}`,
  'server-certificate-renewed': ({ until }: { until: string }) =>
    `the server certificate was renewed and is valid until ${dayOf(until)}`,
  'server-certificate-expiring': ({ hasExpired, on, why }: { hasExpired: boolean; on: string; why: Why }) =>
    `the server certificate ${hasExpired ? 'expired' : 'expires'} on ${dayOf(on)} and cannot renew itself${because(why)}`,
  'server-certificate-expired-already': ({ on }: { on: string }) =>
    `a new server certificate is not used: it expired on ${dayOf(on)}`,
  'server-certificate-misses-names': ({ names }: { names: readonly string[] }) =>
    `a new server certificate is not used: devices asked for ${named(names, names.length, maxNamed)} in the last 7 days, which it does not cover`,
  'certificate-refused': ({
    subject,
    address,
    why,
  }: {
    subject: string;
    address: string | null;
    why: Why;
  }) => {
    const whose = subject === '' ? 'an unreadable certificate' : `the certificate of ${subject}`;
    return `${whose} was refused${address === null ? '' : ` from ${address}`}: ${sayWhy(why)}`;
  },
} satisfies Lines;
