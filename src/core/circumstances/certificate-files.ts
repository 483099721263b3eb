import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

interface At {
  /** In ISO 8601, UTC. */
  at: string;
}

/** What a check finds in the certificates folder. */
export const certificateFileCircumstances = {
  'certificate-not-yet-valid': ({ at }: At) => `it is not valid before ${at}`,
  'certificate-expired': ({ at }: At) => `it expired on ${at}`,
  'certificate-expires': ({ at }: At) => `it expires on ${at}`,
  'certificate-accepted-from': ({ at }: At) =>
    `boards accept it only once their clock is past ${at}; a board without a battery starts in 1970`,
  'certificate-refused': ({ what, why }: { what: Why; why: Why }, say: SayWhy) =>
    `${say(what)} is refused: ${say(why)}`,
  'certificate-of-ca': ({ role, ca }: { role: 'device' | 'server'; ca: string }) =>
    `a ${role} certificate of ${ca}`,
  'certificate-itself': () => 'it',
  'certificate-not-of-ca': () => 'it is not signed by the CA in ca.crt',
  'certificate-not-of-device': ({ why }: { why: Why }, say: SayWhy) =>
    `it is not a device certificate: ${say(why)}`,
  'certificate-of-other-device': ({ deviceId }: { deviceId: string }) => `it is for the device ${deviceId}`,
  'certificate-without-purpose': () => 'it has no stated purpose',
  'certificate-without-purpose-refused': () =>
    'it has no stated purpose, and is refused without OLD_CERTIFICATES=accept',
  'certificate-without-host': () => 'it names no host, so every client refuses it',
  'key-of-other-certificate': () => 'it is not the key of the certificate beside it',
  'key-without-certificate': () => 'this key has no certificate',
  'key-readable': () => 'other users can read this key',
  'folder-readable': () => 'other users can read this folder',
  'folder-writable': () => 'other users can write to this folder',
  'path-missing': () => 'it is missing',
  'file-misplaced': () => 'this file does not belong here',
  'log-ahead-of-clock': ({ at }: At) =>
    `according to its last line, a certificate was issued on ${at}, which is later than this machine's clock`,
  'log-damaged': ({ count }: { count: number }) => `it has ${counted(count, 'damaged line')}`,
} satisfies Circumstances;
