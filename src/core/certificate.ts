/** Certificates as people manage them: the nouns that `src/pki` fills in and everyone else reads. */

import { DomainError } from './errors';
import type { Circumstance, Why } from './reasons/why';

const dayMs = 86_400_000;

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
  /** Whether its extended key usage states its purpose. */
  readonly statesPurpose: boolean;
}

/** Whole days until it expires; negative when it has expired. */
export function daysLeft(notAfter: Date, at: Date): number {
  return Math.floor((notAfter.getTime() - at.getTime()) / dayMs);
}

/** Whether a certificate is neither revoked nor expired. */
export function isInForce(
  { revokedAt, notAfter }: { readonly revokedAt: Date | null; readonly notAfter: Date },
  at: Date,
): boolean {
  return revokedAt === null && notAfter > at;
}

/** One line of the revocation list. */
export interface Revocation {
  /** Lower-case hex serial, as in {@link CertificateSummary.serial}. */
  readonly serial: string;
  /** Empty when a serial was revoked that was never seen. */
  readonly commonName: string;
  readonly revokedAt: Date;
  readonly reason: string;
}

/**
 * Which CAs may have device certificates without a stated purpose (X.509 v1, or no extended key usage): only those taken over
 * from an earlier server, all CAs, or none.
 */
export const oldCertificatePolicies = ['taken-over', 'accept', 'refuse'] as const;
export type OldCertificatePolicy = (typeof oldCertificatePolicies)[number];

export const keyTypes = ['ec', 'rsa'] as const;
export type KeyType = (typeof keyTypes)[number];

/** What to know about a certificate that was made or imported. */
export interface CertificateWarning {
  /** Identifies the kind of warning, for programs. */
  readonly code: string;
  readonly message: Circumstance;
}

export interface IssueOptions {
  /** Validity; each role has its own default. */
  readonly days?: number;
  readonly key?: KeyType;
  /** Replace existing files, keeping the old ones next to the new. */
  readonly force?: boolean;
}

export interface IssuedFiles {
  readonly certificate: CertificateSummary;
  /** Paths written, certificate first. */
  readonly written: readonly string[];
  /** Paths of the replaced files that were kept. */
  readonly kept: readonly string[];
  readonly warnings: readonly CertificateWarning[];
}

/** A certificate that was made or imported, wherever it was written and whatever happened to its file. */
export interface IssuedCertificate {
  /** Lower-case hex, as in {@link CertificateSummary.serial}. */
  readonly serial: string;
  readonly commonName: string;
  readonly role: 'ca' | 'server' | 'device';
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
}

/** What a device must trust to reach the server. */
export interface ServerTrust {
  /** The root of the server certificate, such as a public CA's, if it chains to no CA in `ca.crt`. */
  readonly extraRoot: { readonly name: string; readonly pem: string } | null;
}

/** A server certificate that replaced one that was about to expire. */
export interface RenewedServer {
  readonly certificate: CertificateSummary;
  readonly replaced: CertificateSummary;
  readonly warnings: readonly CertificateWarning[];
}

export interface ListedCertificate {
  readonly path: string;
  readonly certificate: CertificateSummary;
  readonly hasKey: boolean;
  readonly revokedAt: Date | null;
}

/** An issued device certificate. Its file need not be here any more. */
export interface KnownCertificate {
  readonly deviceId: string;
  /** Lower-case hex, as in {@link CertificateSummary.serial}. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `null` when unknown: a certificate that begins in 1970 does not say. */
  readonly issuedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Whether it is the one in the folder of devices' certificates, or the one that servers share. */
  readonly hasFile: boolean;
  /** It states no purpose: X.509 v1, or no extended key usage. */
  readonly isOld: boolean;
}

/** What a list of devices' certificates can be sorted by. */
export const certificateSorts = ['device', 'expires'] as const;
export type CertificateSort = (typeof certificateSorts)[number];

/** Why a device needs a new certificate: the present one expires soon, or states no purpose. */
export const certificateDues = ['expiring', 'old'] as const;
export type CertificateDue = (typeof certificateDues)[number];

/** All known certificates, from the folder and from the log of issued ones. */
export interface CertificateInventory {
  /** If there are several, the one that is valid longest. */
  readonly ca: CertificateSummary | null;
  /** Whether its key is here, which issuing needs. */
  readonly hasCaKey: boolean;
  readonly server: CertificateSummary | null;
  /** By device, the newest first. */
  readonly devices: readonly KnownCertificate[];
}

/** What the folder has of one device. */
export interface DeviceFiles {
  readonly certificate: CertificateSummary;
  readonly revokedAt: Date | null;
  readonly certificatePem: string;
  /** `null` when the key never left the device. */
  readonly keyPem: string | null;
  /** The CA with which the device verifies the server. */
  readonly caPem: string;
}

/** A note is about something that is correct but may be surprising. */
export const findingSeverities = ['error', 'warning', 'note'] as const;

export interface FolderFinding {
  readonly severity: (typeof findingSeverities)[number];
  readonly path: string;
  readonly message: Why;
  readonly remedy: Why;
}

/** Whether there are no errors. Warnings and notes do not matter. */
export function isFolderGood(findings: readonly Pick<FolderFinding, 'severity'>[]): boolean {
  return !findings.some(({ severity }) => severity === 'error');
}

/** Hex digits: RFC 5280 (section 4.1.2.2) allows 40, and some CAs never read it. */
const serialMaxLength = 64;

/**
 * A serial number as people copy it: from `openssl x509 -serial` (`serial=5F3A`) or `-text` (`5f:3a`), as `0x5f3a`, or ours.
 * @returns as in {@link CertificateSummary.serial}
 * @throws DomainError `invalid-input`
 */
export function parseSerial(text: string): string {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/^serial=/, '')
    .replace(/^0x/, '')
    .replace(/[\s:]/g, '');
  if (/^[0-9a-f]+$/.test(hex) && hex.length <= serialMaxLength) return hex.replace(/^0+(?=.)/, '');
  throw DomainError.of('not-a-serial-number', { text: text.slice(0, 80) });
}
