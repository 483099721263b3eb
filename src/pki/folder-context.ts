import type { Clock } from '../ports/clock';
import type { SharedRevocations } from '../ports/revocations';

/** The certificates folder and everything impure; passed to all code that works on it. */
export interface FolderContext {
  readonly dir: string;
  readonly now: Clock;
  /** Cryptographically random bytes. */
  readonly random: (sizeBytes: number) => Buffer;
  /** Where revocations go instead of the folder, if several servers share them. Those in the folder count, too. */
  readonly shared?: SharedRevocations | undefined;
}

/** Of a serial number: 128 random bits (CA/Browser Forum asks for 64 at least). */
export const serialSizeBytes = 16;
