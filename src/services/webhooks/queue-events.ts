import { isWanted } from '../../core/event-filter';
import { maxWaiting, type Webhook } from '../../core/webhook';
import type { Clock } from '../../ports/clock';
import type { ReadJournal } from '../../ports/journal';
import type { WebhookDeliveries } from '../../ports/webhook-deliveries';

export interface QueueEventsPorts {
  readonly deliveries: Pick<WebhookDeliveries, 'queue'>;
  readonly journal: Pick<ReadJournal, 'after'>;
  readonly now: Clock;
}

const page = 500;

/**
 * Makes deliveries of the journal lines that a webhook has not seen yet, while there is room. The cursor moves in the same step,
 * so a kill at any time loses and duplicates nothing.
 */
export async function queueEvents(
  { deliveries, journal, now }: QueueEventsPorts,
  { id: webhookId, kinds, cursor }: Webhook,
  stop: AbortSignal,
): Promise<void> {
  let from = cursor;
  while (!stop.aborted) {
    const events = await journal.after(from, page);
    const last = events.at(-1);
    if (last === undefined) return;
    // Webhooks get no events about webhooks: their own failures would feed them forever.
    const wanted = events.filter((event) => isWanted(event, { kinds }) && !event.kind.startsWith('webhook.'));
    const part = { webhookId, from, to: last.id, eventIds: wanted.map(({ id }) => id) };
    const queued = await deliveries.queue(part, maxWaiting, now());
    if (queued?.isWhole !== true || events.length < page) return;
    from = queued.cursor;
  }
}
