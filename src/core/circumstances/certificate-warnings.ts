import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** What was created at the start, and what people should know about a certificate that was made or imported. */
export const certificateWarnings = {
  'ca-created': ({ certificate, key }: { certificate: string; key: string }) =>
    `Created a CA: ${certificate} (its key: ${key}).`,
  'server-certificate-created': ({ file }: { file: string }) => `Created a server certificate: ${file}.`,

  'validity-clipped': ({ at }: { at: string }) => `it is valid only until ${at}, because the CA expires then`,
  'validity-short': ({ days }: { days: number }) =>
    `it expires in ${counted(days, 'day')}; without a new one by then, the device can no longer update`,
  'id-revoked-before': ({ deviceId }: { deviceId: string }) =>
    `earlier certificates of ${deviceId} were revoked; this new one works`,
  'earlier-ca-possible': () =>
    'earlier certificates may be from another CA: if so, create the server and device certificates again, or keep the old CA in ca.crt below the new one until all devices have new certificates',
  'names-not-kept': ({ file }: { file: string }) =>
    `${file} cannot be read, so its names are not kept: give each with --name or --ip`,
  'whole-chain-trusted': () => 'devices of every CA in this file are let in, not only those of the first',
  'cas-below-trusted': () =>
    'devices of CAs below it are also let in if they send their intermediate; to let in only the devices of one CA, import that CA',
  'names-constrained': () =>
    'it has name constraints: device certificates issued elsewhere are let in only if their names satisfy them',
  'server-certificates-refused': ({ why }: { why: Why }, say: SayWhy) =>
    `clients refuse a server certificate of this CA: ${say(why)}. Use one from another CA as server.crt and server.key`,
  'refused-by-strict-clients': ({ what, why }: { what: Why; why: Why }, say: SayWhy) =>
    `strict clients refuse ${say(what)}: ${say(why)}`,
  'ca-not-strict': ({ ca, problems }: { ca: string; problems: readonly Why[] }, say: SayWhy) =>
    `clients that verify strictly, such as Python 3.13, refuse what ${ca} issued: ${problems.map(say).join('; ')}`,

  'of-x509-v1': () => 'it is X.509 v1',
  'constraints-not-critical': () => 'its basicConstraints are not critical',
  'key-usage-missing': () => 'it has no keyUsage',
  'subject-key-id-missing': () => 'it has no subjectKeyIdentifier',
} satisfies Circumstances;
