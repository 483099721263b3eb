import { whatFailed } from '../../core/what-failed';
import { type ChoreStatus, isWriteProblem, needsAttention } from '../../core/chore';
import { DomainError } from '../../core/errors';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';

/**
 * Chores that have been failing for a while, and what to do.
 * @param writeProblem what prevents writes to the disk; it has its own item, so chores that fail because of it have none
 */
export function ofChores(
  chores: readonly ChoreStatus[],
  at: Date,
  writeProblem: DomainError | null,
): readonly AttentionItem[] {
  return chores.flatMap((chore): AttentionItem[] => {
    if (chore.failing === null || !needsAttention(chore, at)) return [];
    const { since, error } = chore.failing;
    if (isWriteProblem(error, writeProblem)) return [];
    // An unexpected error may contain anything, so only the log shows it.
    const expected = error instanceof DomainError ? whatFailed(error, null) : undefined;
    const reason = attentionReason('chore-failing', {
      chore: chore.name,
      since: since.toISOString(),
      why: expected?.message ?? null,
      remedy: expected?.remedy ?? null,
    });
    return [{ kind: 'chore-failing', count: 1, reason }];
  });
}
