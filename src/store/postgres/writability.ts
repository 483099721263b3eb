import { isDatabaseAway } from '../../core/database-away';
import { DomainError } from '../../core/errors';
import type { ReasonCode } from '../../core/reasons/catalogue';
import type { Writability } from '../../ports/writability';

const unwritable: ReadonlySet<ReasonCode> = new Set([
  'database-away',
  'database-disk-full',
  'database-lost-at-commit',
  'database-refuses',
  'database-slow',
  'database-takes-no-changes',
]);

/** Remembers why the database cannot be reached or takes no changes, until a change is saved again. */
export class DatabaseHealth {
  #problem: DomainError | null = null;

  problem(): DomainError | null {
    return this.#problem;
  }

  readFailed(error: unknown): void {
    if (isDatabaseAway(error)) this.#problem = error;
  }

  /** Other failures, such as a refusal by the caller's own work, say nothing about the database. */
  writeFailed(error: unknown): void {
    if (error instanceof DomainError && error.reason !== undefined && unwritable.has(error.reason.code))
      this.#problem = error;
  }

  saved(): void {
    this.#problem = null;
  }
}

/** @param save saves a change without effect, and reports the result to the health */
export function createWritability(health: DatabaseHealth, save: () => Promise<void>): Writability {
  return {
    problem: () => health.problem(),
    async tryAgain() {
      if (health.problem() !== null) await save().catch(() => undefined);
    },
  };
}
