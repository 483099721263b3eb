import type { Why } from './reasons/why';

/** Short codes for why a device's connection is refused. Each is counted. */
export const refusalCauses = [
  'no-certificate',
  'unknown-ca',
  'expired',
  'not-yet-valid',
  'revoked',
  'not-a-device-certificate',
  'old-certificate',
  'too-many-connections',
  'too-many-handshakes',
  'wrong-token',
  'revocations-unknown',
  'other',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** Why a connection is refused. */
export interface ConnectionRefusal {
  readonly cause: RefusalCause;
  /** A text comes from OpenSSL. */
  readonly reason: Why;
}

/** What to do about a certificate that is refused, as a sentence; for the owners of the device and of the server. */
const remedies: Partial<Readonly<Record<RefusalCause, string>>> = {
  'unknown-ca': 'Give the device a certificate from a CA in ca.crt, or add its CA there if it is yours.',
  expired: 'Issue the device a new certificate: cert device <id> --force.',
  'not-yet-valid': "Check the server's clock and the certificate's dates.",
  revoked: 'If the device may come back, issue it a new certificate: cert device <id> --force.',
  'not-a-device-certificate':
    'Issue the device a certificate for TLS clients, with its id as the only common name: cert device <id>.',
  'old-certificate':
    'Issue the device a new certificate (cert device <id> --force), or set OLD_CERTIFICATES=accept until it has one.',
};

export function remedyOfRefusal(cause: RefusalCause): string {
  return remedies[cause] ?? "See the server's log.";
}

/** Whether the certificate itself is the reason, so another certificate would be accepted. */
export function isAboutCertificate(cause: RefusalCause): boolean {
  return remedies[cause] !== undefined;
}

/** Whether the device is told why. Strangers, and clients that connect in large numbers, get no answer. */
export function isAnswered(cause: RefusalCause): boolean {
  return isAboutCertificate(cause) || cause === 'revocations-unknown';
}

/** What people see of a refused certificate. It may be hostile, so every text is bounded and safe to show on one line. */
export interface RefusedSubject {
  /** Empty when the certificate cannot be read. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  /** The device that it names; `null` unless one of our CAs signed the certificate. */
  readonly deviceId: string | null;
  /** Whether a CA in `ca.crt` signed it, so strangers cannot make more of these. */
  readonly isOurs: boolean;
}

/** A certificate that was refused, with how often that happened and where it came from. */
export interface RefusedCertificate extends RefusedSubject, ConnectionRefusal {
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** Of the last refusal. */
  readonly address: string | null;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}
