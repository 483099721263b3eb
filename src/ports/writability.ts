import type { DomainError } from '../core/errors';

/** Whether state can be saved. A disk may be full, or read-only after an error. */
export interface Writability {
  /** What kept a write from the disk, for people, until {@link Writability.tryAgain} has succeeded; `null` when nothing did. */
  problem(): DomainError | null;
  /** After a write that did not get to the disk: finds out whether one would now. */
  tryAgain(): Promise<void>;
}
