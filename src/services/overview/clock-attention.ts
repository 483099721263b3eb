import type { ClockTrouble } from '../../core/server-clock';
import type { Dismissal } from '../../ports/dismissals';
import { attentionReason } from '../../core/reasons/attention/sentences';
import { subjectOf } from '../clock/server-clock';
import type { AttentionItem } from './attention-item';

export interface ClockFacts {
  /** Why the server's own clock looks wrong; `null` when it does not. */
  readonly clock: ClockTrouble | null;
  /** What people dismissed. */
  readonly dismissed: readonly Dismissal[];
}

/** What to do about the server's clock. */
export function ofClock({ clock: trouble, dismissed }: ClockFacts): readonly AttentionItem[] {
  const kind = 'clock';
  if (trouble === null || dismissed.some((one) => one.kind === kind && one.subject === subjectOf(trouble)))
    return [];
  const { byMs } = trouble;
  if (trouble.kind === 'jumped' && !trouble.isFollowed)
    return [{ kind, count: 1, reason: attentionReason('clock-doubted', { byMs }) }];
  const reason =
    trouble.kind === 'behind'
      ? attentionReason('clock-behind', { byMs, sureAt: trouble.sureAt.toISOString() })
      : attentionReason('clock-jumped', { byMs });
  return [{ kind, count: 1, reason, subjects: [subjectOf(trouble)] }];
}
