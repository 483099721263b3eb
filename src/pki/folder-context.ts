import type { Clock } from '../ports/clock';
import type { SharedRevocations } from '../ports/revocations';

/** The certificates folder and everything impure; passed to all code that works on it. */
export interface FolderContext {
  readonly dir: string;
  readonly now: Clock;
  /** Cryptographically random bytes. */
  readonly random: (sizeBytes: number) => Buffer;
  /**
   * Where revocations are added instead of the folder, if several servers share them. Those in the folder count, too.
   */
  readonly shared?: SharedRevocations | undefined;
}

/** The size of a serial number: 128 random bits (the CA/Browser Forum requires at least 64). */
export const serialSizeBytes = 16;
