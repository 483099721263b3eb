import { presentLastError } from '../../../contract/present-why';
import { nothing } from '../../../contract/request-fields';
import {
  deletedWebhookJson,
  deliveredJson,
  newWebhookBody,
  newWebhookJson,
  webhookChangeBody,
  webhookJson,
  type WebhookJson,
  webhookListJson,
  webhookParams,
} from '../../../contract/webhook';
import type { WebhookStatus } from '../../../core/webhook';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { instantText } from '../kernel/instant-text';

const one = { 200: { description: 'The webhook', schema: webhookJson } };

/** Webhooks: where events are sent. */
export function webhookRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageWebhooks } = services;

  function turn(verb: 'enable' | 'disable', operation: string, summary: string): Route {
    return defineRoute({
      method: 'post',
      path: `/api/webhooks/{name}/${verb}`,
      scope: 'admin',
      operation,
      summary,
      input: { params: webhookParams, body: nothing },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: present(await manageWebhooks.setEnabled(input.params.name, verb === 'enable', actor)),
      }),
    });
  }

  return [
    defineRoute({
      method: 'get',
      path: '/api/webhooks',
      scope: 'admin',
      operation: 'listWebhooks',
      summary: 'All webhooks without their secrets, and whether they are failing',
      input: {},
      answers: {
        200: { description: 'The webhooks', schema: webhookListJson },
      },
      problems: [],
      handle: async () => ({ status: 200, json: { webhooks: (await manageWebhooks.list()).map(present) } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/webhooks',
      scope: 'admin',
      operation: 'createWebhook',
      summary: 'Send new events to a URL; the secret is shown only once',
      input: {
        body: newWebhookBody,
      },
      answers: {
        201: { description: 'The webhook and its secret', schema: newWebhookJson },
      },
      problems: ['conflict'],
      handle: async ({ input: { body }, actor }) => {
        const { secret: wanted, in_order: inOrder, ...rest } = body;
        const made = { ...rest, inOrder, ...(wanted === undefined ? {} : { secret: wanted }) };
        const { webhook, secret } = await manageWebhooks.create(made, actor);
        return { status: 201, json: { webhook: present(webhook), secret }, secret: true };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/api/webhooks/{name}',
      scope: 'admin',
      operation: 'changeWebhook',
      summary: 'Turn in-order delivery on or off',
      input: { params: webhookParams, body: webhookChangeBody },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input: { params, body }, actor }) => ({
        status: 200,
        json: present(await manageWebhooks.setInOrder(params.name, body.in_order, actor)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/webhooks/{name}',
      scope: 'admin',
      operation: 'deleteWebhook',
      summary: 'Delete a webhook',
      input: { params: webhookParams },
      answers: { 200: { description: 'It is deleted', schema: deletedWebhookJson } },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        await manageWebhooks.remove(input.params.name, actor);
        return { status: 200, json: { deleted: input.params.name } };
      },
    }),
    turn('enable', 'enableWebhook', 'Turn it on, starting with new events'),
    turn('disable', 'disableWebhook', 'Turn it off'),
    defineRoute({
      method: 'post',
      path: '/api/webhooks/{name}/test',
      scope: 'admin',
      operation: 'testWebhook',
      summary: 'Send a test event now',
      input: { params: webhookParams, body: nothing },
      answers: {
        200: { description: 'The receiver accepted it', schema: deliveredJson },
      },
      problems: ['not-found', 'unavailable'],
      handle: async ({ input }) => {
        await manageWebhooks.test(input.params.name);
        return { status: 200, json: { delivered: true as const } };
      },
    }),
  ];
}

function present(webhook: WebhookStatus): WebhookJson {
  return {
    name: webhook.name,
    url: webhook.url,
    kinds: [...webhook.kinds],
    enabled: webhook.isEnabled,
    in_order: webhook.inOrder,
    created_at: webhook.createdAt.toISOString(),
    created_by: webhook.createdBy,
    waiting: webhook.waiting,
    failing: webhook.failing,
    attempts: webhook.attempts,
    next_attempt_at: instantText(webhook.nextAttemptAt),
    failing_since: instantText(webhook.failingSince),
    ...presentLastError(webhook.lastError),
    last_delivered_at: instantText(webhook.lastDeliveredAt),
  };
}
