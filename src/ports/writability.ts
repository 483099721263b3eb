import type { DomainError } from '../core/errors';

/** Whether state can be saved. A disk may be full, or read-only after an error. */
export interface Writability {
  /** Why a write failed, for people, until {@link Writability.tryAgain} succeeds; `null` when none did. */
  problem(): DomainError | null;
  /** Call it after a failed write: finds out whether one would succeed now. */
  tryAgain(): Promise<void>;
}
