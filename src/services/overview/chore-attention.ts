import { type ChoreStatus, isWriteProblem, needsAttention } from '../../core/chore';
import { DomainError } from '../../core/errors';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';

/**
 * Chores that have failed for a while, and what to do.
 * @param writeProblem what keeps writes from the disk; it has an item of its own, so chores that fail of it have none
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
    // An unexpected failure may say anything: it is for the log.
    const expected = error instanceof DomainError ? error : undefined;
    const reason = attentionReason('chore-failing', {
      chore: chore.name,
      since: since.toISOString(),
      why: expected?.message ?? null,
      remedy: expected?.remedy ?? null,
    });
    return [{ kind: 'chore-failing', count: 1, reason }];
  });
}
