/** Certificates as people manage them: the nouns that `src/pki` fills in and everyone else reads. */

export type CertificateRole = 'ca' | 'server' | 'device' | 'unknown';

export interface CertificateSummary {
  readonly role: CertificateRole;
  /** CN: the device id for a device certificate. */
  readonly commonName: string;
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex, without leading zeros or separators. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** For example `EC P-256` or `RSA 3072`. */
  readonly keyAlgorithm: string;
  /** DNS names and IP addresses (and, for a device, its id) of the subjectAltName. */
  readonly names: readonly string[];
  /** Compatibles that a device certificate is bound to; empty means none in particular. */
  readonly compatibles: readonly string[];
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
}

/** One line of the revocation list. */
export interface Revocation {
  /** Lower-case hex serial, as in {@link CertificateSummary.serial}. */
  readonly serial: string;
  readonly commonName: string;
  readonly revokedAt: Date;
  readonly reason: string;
}
