import type { Insertable, Selectable } from 'kysely';
import type { EventKind } from '../../core/event';
import type { Webhook, WebhookQueue } from '../../core/webhook';
import type { DeliveryProgress, WebhookDelivery } from '../../core/webhook-delivery';
import type { Why } from '../../core/reasons/why';
import type { WebhookDeliveryTable, WebhookTable } from './schema';
import { fromServerReason, toServerReason } from './why-columns';

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
    lastError: toError(row.last_error),
    lastDeliveredAt: row.last_delivered_at === null ? null : new Date(row.last_delivered_at),
  };
}

/** @param cursor the last line of the journal; deliveries begin after it */
export function toWebhookRow(
  webhook: Pick<Webhook, 'name' | 'url' | 'kinds' | 'inOrder' | 'createdAt' | 'createdBy'>,
  secret: string,
  cursor: number,
): Insertable<WebhookTable> {
  return {
    name: webhook.name,
    url: webhook.url,
    kinds: JSON.stringify(webhook.kinds),
    secret,
    is_enabled: 1,
    in_order: webhook.inOrder ? 1 : 0,
    created_at: webhook.createdAt.toISOString(),
    created_by: webhook.createdBy,
    cursor,
    attempts: 0, // from a schema with one delivery at a time
  };
}

/** Puts a delivery back in the queue, as if it had never been tried. */
export function toWaitingAgain(at: Date) {
  return {
    state: 'waiting',
    attempts: 0,
    next_attempt_at: at.toISOString(),
    failing_since: null,
    ended_at: null,
  } as const;
}

/** What a webhook shows of its last delivery. */
export function toReceiverColumns({ state, endedAt, lastError }: DeliveryProgress) {
  return state === 'delivered'
    ? { last_error: null, last_delivered_at: endedAt?.toISOString() ?? null }
    : { last_error: fromError(lastError) };
}

export function toProgressColumns(progress: DeliveryProgress) {
  return {
    state: progress.state,
    attempts: progress.attempts,
    next_attempt_at: progress.nextAttemptAt?.toISOString() ?? null,
    failing_since: progress.failingSince?.toISOString() ?? null,
    last_error: fromError(progress.lastError),
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
    lastError: toError(row.last_error),
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

export function toQueue(row: QueueRow): WebhookQueue & { readonly lastError: Why | null } {
  const { waiting, failing, failing_since: since } = row;
  if (since === null)
    return { waiting, failing, attempts: 0, nextAttemptAt: null, failingSince: null, lastError: null };
  return {
    waiting,
    failing,
    attempts: row.attempts,
    nextAttemptAt: new Date(row.next_attempt_at),
    failingSince: new Date(since),
    lastError: toError(row.last_error),
  };
}

function toError(text: string | null): Why | null {
  return text === null ? null : fromServerReason(text);
}

function fromError(why: Why | null): string | null {
  return why === null ? null : toServerReason(why);
}
