import { DomainError } from '../../core/errors';
import type { Finding, Inspection, Judgement } from '../../core/inspection';

/** Bytes of a bundle in an open file, as an inspection reads them. */
export interface BundleBytes {
  readonly sizeBytes: number;
  /** The file's, for a reader in another thread of this process. It is valid until the file is closed. */
  readonly descriptor: number;
  /** Reads exactly `length` bytes; rejects when there are fewer. */
  read(position: number, length: number): Promise<Buffer>;
}

/** Looks into a bundle and verifies it: `src/rauc`, under the configured profile, and not on the event loop. */
export type InspectBundle = (bytes: BundleBytes) => Promise<Inspection>;

/** Judges a stored bundle by trailer and CMS alone, under the present keyring and profile: `src/rauc`. */
export type JudgeSignature = (
  bytes: BundleBytes,
) => Promise<Judgement & { readonly signerWarnings: readonly Finding[] }>;

/**
 * Refuses a bundle that must not be stored.
 * @param allowUntrusted the operator takes bundles from signers outside the keyring
 * @throws DomainError `bundle-broken`, `bundle-untrusted`
 */
export function acceptBundle(name: string, inspection: Inspection, allowUntrusted: boolean): void {
  const { verdict, reasons } = inspection;
  if (verdict === 'broken') {
    throw new DomainError('bundle-broken', `${name} is broken: ${sentenceOf(reasons)}`, {
      remedy: 'Build it again and check it with "rauc info" before the upload.',
      details: { reasons },
    });
  }
  if (verdict === 'untrusted' && !allowUntrusted) {
    throw new DomainError('bundle-untrusted', `${name} is not trusted: ${sentenceOf(reasons)}`, {
      remedy: 'Sign it with a certificate of the keyring, or configure the keyring that the devices have.',
      details: { reasons },
    });
  }
}

export function sentenceOf(reasons: readonly Finding[]): string {
  return reasons.map(({ message }) => message).join('; ') || 'no reason is known';
}
