import { nothing } from '../../../contract/request-fields';
import { webhookParams } from '../../../contract/webhook';
import {
  deliveryListQuery,
  type DeliveryJson,
  deliveryPageJson,
  deliveryParams,
  replayedAllJson,
  replayedJson,
} from '../../../contract/webhook-delivery';
import { presentLastError } from '../../../contract/present-why';
import type { WebhookDelivery } from '../../../core/webhook-delivery';
import type { AdminOptions } from '../kernel/admin-options';
import { instantText } from '../kernel/instant-text';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';

/** The events that were or will be sent to a webhook, and how people send them again. */
export function deliveryRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageDeliveries } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/webhooks/{name}/deliveries',
      scope: 'admin',
      operation: 'listDeliveries',
      summary: 'Deliveries to a webhook, sent and waiting, newest event first',
      input: { params: webhookParams, query: deliveryListQuery },
      answers: { 200: { description: 'A page of deliveries', schema: deliveryPageJson } },
      problems: ['not-found'],
      handle: async ({ input: { params, query } }) => {
        const { state, limit, before } = query;
        const page = { limit, ...defined({ state, beforeEvent: before }) };
        const { deliveries, nextBefore } = await manageDeliveries.list(params.name, page);
        return { status: 200, json: { deliveries: deliveries.map(present), next_before: nextBefore } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/webhooks/{name}/deliveries/{event}/replay',
      scope: 'admin',
      operation: 'replayDelivery',
      summary: 'Resend an event, or send a waiting one at once, under the same id',
      input: { params: deliveryParams, body: nothing },
      answers: { 200: { description: 'It is being resent', schema: replayedJson } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { params }, actor }) => {
        await manageDeliveries.replay(params.name, params.event, actor);
        return { status: 200, json: { replayed: 1 } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/webhooks/{name}/replay',
      scope: 'admin',
      operation: 'replayGivenUp',
      summary: 'Resend all events that were given up, oldest first, up to the limit of waiting events',
      input: { params: webhookParams, body: nothing },
      answers: { 200: { description: 'They are being resent', schema: replayedAllJson } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { params }, actor }) => {
        const { replayed, isMore } = await manageDeliveries.replayGivenUp(params.name, actor);
        return { status: 200, json: { replayed, more: isMore } };
      },
    }),
  ];
}

function present(delivery: WebhookDelivery): DeliveryJson {
  return {
    event: delivery.eventId,
    kind: delivery.kind,
    at: instantText(delivery.at),
    state: delivery.state,
    attempts: delivery.attempts,
    next_attempt_at: instantText(delivery.nextAttemptAt),
    failing_since: instantText(delivery.failingSince),
    ...presentLastError(delivery.lastError),
    ended_at: instantText(delivery.endedAt),
  };
}
