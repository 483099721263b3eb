import { DomainError } from '../../core/errors';
import { saying } from '../../core/journal/catalogue';
import type { Actor } from '../../core/event';
import type { DismissalRecords } from '../../ports/dismissals';
import type { AttentionItem } from './attention-item';
import type { DescribeFleet } from './describe-fleet';
import type { Clock } from '../../ports/clock';

/**
 * Dismisses an attention item: it is not shown again, even after a restart.
 * @param subjects as listed by the item; dismissing them again changes nothing
 * @throws DomainError `not-found` if one is neither shown nor dismissed
 */
export type DismissAttention = (
  kind: AttentionItem['kind'],
  subjects: readonly string[],
  actor: Actor,
) => Promise<void>;

export interface DismissPorts {
  readonly describeFleet: DescribeFleet;
  readonly dismissals: DismissalRecords;
  readonly now: Clock;
}

export function createDismissAttention({ describeFleet, dismissals, now }: DismissPorts): DismissAttention {
  return async (kind, subjects, actor) => {
    const shown = (await describeFleet()).attention.find((item) => item.kind === kind);
    const before = (await dismissals.all()).filter((one) => one.kind === kind);
    const isKnown = (subject: string) =>
      shown?.subjects?.includes(subject) === true || before.some((one) => one.subject === subject);
    const unknown = subjects.find((subject) => !isKnown(subject));
    if (unknown !== undefined) {
      throw DomainError.of('nothing-to-dismiss', { kind, unknown });
    }
    const after = { kind, subjects: [...subjects] };
    const reason = saying('attention-dismissed', { kind, item: shown?.reason ?? null });
    await dismissals.add(after, { kind: 'attention.dismissed', at: now(), actor, reason, after });
  };
}
