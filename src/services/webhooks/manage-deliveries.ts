import { DomainError } from '../../core/errors';
import type { Actor, NewEvent } from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import { maxWaiting } from '../../core/webhook';
import type { DeliveryState } from '../../core/webhook-delivery';
import type { Clock } from '../../ports/clock';
import type { DeliveryPage, ReplayTerms, WebhookDeliveries } from '../../ports/webhook-deliveries';
import type { WebhookRecords } from '../../ports/webhooks';
import { noWebhook } from './no-webhook';

/** What people see and decide about the deliveries of a webhook. */
export interface ManageDeliveries {
  /** Newest event first. @throws DomainError `not-found` */
  list(
    name: string,
    page: { readonly state?: DeliveryState; readonly limit: number; readonly beforeEvent?: number },
  ): Promise<DeliveryPage>;
  /**
   * Sends an event again, or a waiting one at once, with the same id.
   * @throws DomainError `not-found`, `conflict` when the webhook is off, too many deliveries wait, or the event is no longer in
   * the journal
   */
  replay(name: string, eventId: number, actor: Actor): Promise<void>;
  /**
   * Resends all deliveries that were given up, while there is room.
   * @returns how many, and whether some are left
   * @throws DomainError `not-found`, `conflict` when the webhook is off
   */
  replayGivenUp(name: string, actor: Actor): Promise<{ readonly replayed: number; readonly isMore: boolean }>;
}

export interface ManageDeliveriesPorts {
  readonly webhooks: Pick<WebhookRecords, 'find'>;
  readonly deliveries: Pick<WebhookDeliveries, 'page' | 'replay' | 'replayGivenUp'>;
  readonly now: Clock;
}

export function createManageDeliveries({
  webhooks,
  deliveries,
  now,
}: ManageDeliveriesPorts): ManageDeliveries {
  async function idOf(name: string): Promise<number> {
    const found = await webhooks.find({ name });
    if (found === undefined) throw noWebhook(name);
    return found.webhook.id;
  }

  function terms(
    actor: Actor,
    reason: (replayed: number) => EventReason<LineCode>,
    after: NewEvent['after'],
  ): ReplayTerms {
    const at = now();
    const line = (replayed: number): NewEvent => ({
      kind: 'webhook.replayed',
      at,
      actor,
      reason: reason(replayed),
      after: { ...after, deliveries: replayed },
    });
    return { at, room: maxWaiting, line };
  }

  return {
    list: async (name, page) => deliveries.page(await idOf(name), page),

    async replay(name, eventId, actor) {
      const reason = () => saying('webhook-event-replayed', { webhook: name, event: eventId });
      const outcome = await deliveries.replay(
        await idOf(name),
        eventId,
        terms(actor, reason, { event: eventId }),
      );
      switch (outcome) {
        case 'replayed':
          return;
        case 'off':
          throw isOff(name);
        case 'full':
          throw DomainError.of('too-many-events-waiting', { maxWaiting, name });
        case 'no-event':
          throw DomainError.of('event-left-journal', { eventId });
        case 'no-delivery':
          throw DomainError.of('no-delivery-of-event', { name, eventId });
      }
    },

    async replayGivenUp(name, actor) {
      const reason = (replayed: number) =>
        saying('webhook-events-replayed', { webhook: name, events: replayed });
      const outcome = await deliveries.replayGivenUp(await idOf(name), terms(actor, reason, {}));
      if (outcome === 'off') throw isOff(name);
      return outcome;
    },
  };
}

function isOff(name: string): DomainError {
  return DomainError.of('webhook-off', { name });
}
