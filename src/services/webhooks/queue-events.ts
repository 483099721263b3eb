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
 * Makes deliveries of the lines of the journal that a webhook has not seen yet, as far as there is room. The cursor moves with them
 * in one step, so that a kill at any time loses none and doubles none.
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
    // A webhook does not hear of webhooks: its own failures would feed it for ever.
    const wanted = events.filter((event) => isWanted(event, { kinds }) && !event.kind.startsWith('webhook.'));
    const part = { webhookId, from, to: last.id, eventIds: wanted.map(({ id }) => id) };
    const queued = await deliveries.queue(part, maxWaiting, now());
    if (queued?.isWhole !== true || events.length < page) return;
    from = queued.cursor;
  }
}
