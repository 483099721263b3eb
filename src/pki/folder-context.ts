import type { Clock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';

/** The certificates folder and everything impure; passed to all code that works on it. */
export interface FolderContext {
  readonly dir: string;
  readonly now: Clock;
  /** Cryptographically random bytes. */
  readonly random: (sizeBytes: number) => Buffer;
  /**
   * Where revocations and issued certificates are recorded instead of the folder, if several servers share them. Those in the
   * folder count, too.
   */
  readonly shared?: SharedCertificates | undefined;
  /** Whether the folder is the same for several servers, so that none of them changes it. Then `shared` has what they issue. */
  readonly isReadOnly?: boolean;
}

/** The folder, and what is known of certificates besides what is in it. */
export type CertificatePlace = Pick<FolderContext, 'dir' | 'shared'>;

/** The size of a serial number: 128 random bits (the CA/Browser Forum requires at least 64). */
export const serialSizeBytes = 16;
