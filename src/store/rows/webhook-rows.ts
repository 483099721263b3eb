import type { Selectable } from 'kysely';
import type { EventKind } from '../../core/event';
import type { Webhook, WebhookQueue } from '../../core/webhook';
import type { DeliveryProgress, WebhookDelivery } from '../../core/webhook-delivery';
import type { WebhookDeliveryTable, WebhookTable } from './schema';

type DeliveryRow = Selectable<WebhookDeliveryTable>;

/** A webhook from its row. */
export function toWebhook(row: Selectable<WebhookTable>): Webhook {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    kinds: JSON.parse(row.kinds) as string[],
    isEnabled: row.is_enabled === 1,
    inOrder: row.in_order === 1,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    cursor: row.cursor,
    lastError: row.last_error,
    lastDeliveredAt: row.last_delivered_at === null ? null : new Date(row.last_delivered_at),
  };
}

export function toProgressColumns(progress: DeliveryProgress) {
  return {
    state: progress.state,
    attempts: progress.attempts,
    next_attempt_at: progress.nextAttemptAt?.toISOString() ?? null,
    failing_since: progress.failingSince?.toISOString() ?? null,
    last_error: progress.lastError,
    ended_at: progress.endedAt?.toISOString() ?? null,
  };
}

/** With the journal's data about its event. */
export function toDelivery(
  row: DeliveryRow & { readonly kind: string | null; readonly at: string | null },
): WebhookDelivery {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    eventId: row.event,
    // The table's value was a kind when it was written, perhaps by another version.
    kind: row.kind as EventKind | null,
    at: date(row.at),
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: date(row.next_attempt_at),
    failingSince: date(row.failing_since),
    lastError: row.last_error,
    endedAt: date(row.ended_at),
  };
}

export interface QueueRow {
  readonly webhook: number;
  readonly waiting: number;
  readonly failing: number;
  readonly attempts: number;
  readonly next_attempt_at: string;
  readonly failing_since: string | null;
  readonly last_error: string | null;
}

export function toQueue(row: QueueRow): WebhookQueue & { readonly lastError: string | null } {
  const { waiting, failing, failing_since: since } = row;
  if (since === null)
    return { waiting, failing, attempts: 0, nextAttemptAt: null, failingSince: null, lastError: null };
  return {
    waiting,
    failing,
    attempts: row.attempts,
    nextAttemptAt: new Date(row.next_attempt_at),
    failingSince: new Date(since),
    lastError: row.last_error,
  };
}
