import { type Command, Option } from 'commander';
import { z } from 'zod';
import { newWebhookJson, webhookJson } from '../../contract/webhook';
import { AdminClient } from '../kernel/admin-client';
import { addCommand, addGroup } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { newWebhookBody } from '../../contract/webhook';
import { addDeliveries } from './webhook-deliveries';
import { addOrder } from './webhook-order';
import { webhookPath } from './webhook-path';
import { addReplay } from './webhook-replay';

const configKeys = ['server', 'token', 'tokenFile'] as const;
const columns = ['NAME', 'STATE', 'KINDS', 'IN ORDER', 'WAITING', 'DELIVERED', 'LAST ERROR', 'URL'];

/** An older server has no delivery order, and does not count waiting deliveries. */
const shownWebhook = webhookJson
  .pick({
    name: true,
    url: true,
    kinds: true,
    enabled: true,
    in_order: true,
    waiting: true,
    last_error: true,
    last_delivered_at: true,
  })
  .partial({ in_order: true, waiting: true });
const shownWebhooks = z.object({ webhooks: z.array(shownWebhook) });

/** `webhook create|list|order|enable|disable|test|deliveries|replay|delete` */
export function addWebhookCommands(program: Command, context: CliContext): void {
  const webhook = addGroup(program, 'webhook', 'manage where events are sent', [
    'webhook create ops https://chat.example.com/hook --kind rollout.',
    'webhook list',
    'webhook deliveries ops --state gave-up',
  ]);
  addCommand<{ readonly kind?: string; readonly inOrder?: boolean }>(webhook, context, {
    usage: 'create <name> <url>',
    summary: 'send new events to a URL; the signing secret is shown only once',
    options: [
      new Option('--kind <kinds>', 'kinds separated by commas; "rollout." means every kind with that prefix'),
      new Option(
        '--in-order',
        'deliver in order: an event waits until earlier ones are accepted or given up',
      ),
    ],
    configKeys,
    examples: [
      'webhook create ops https://chat.example.com/hook --kind installation.failed,installation.rolled-back,rollout.',
      'webhook create audit https://audit.example.com/hook --in-order',
    ],
    run: async ({ args: [name = '', url = ''], options, config }) => {
      const kinds = (options.kind ?? '').split(',').filter((kind) => kind !== '');
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof newWebhookBody>>('/api/webhooks', {
        name,
        url,
        kinds,
        in_order: options.inOrder,
      });
      if (options.json === true) printJson(context, answer);
      else {
        print(context, parseAnswer(newWebhookJson.pick({ secret: true }), answer).secret);
        talk(context, 'Save this secret now: it is not shown again.');
      }
      return 0;
    },
  });

  addCommand(webhook, context, {
    usage: 'list',
    summary: 'list webhooks and which of them are failing',
    configKeys,
    examples: ['webhook list'],
    run: async ({ options, config }) => {
      const answer = await (await AdminClient.open(context, config)).get('/api/webhooks');
      if (options.json === true) printJson(context, answer);
      else {
        const rows = parseAnswer(shownWebhooks, answer).webhooks.map((one) => [
          one.name,
          markedState(one.enabled ? 'enabled' : 'disabled'),
          one.kinds.join(',') || 'all',
          one.in_order === true ? 'yes' : 'no',
          String(one.waiting ?? '-'),
          one.last_delivered_at ?? '-',
          one.last_error ?? '-',
          one.url,
        ]);
        printTable(context, columns, rows);
      }
      return 0;
    },
  });

  addOrder(webhook, context);

  for (const [verb, summary, done] of [
    ['enable', 'turn a webhook on, starting with new events', 'on: it gets events from now on'],
    ['disable', 'turn a webhook off', 'off: it gets no more events'],
    ['test', 'send a test event now', 'the receiver accepted a test event'],
  ] as const) {
    addCommand(webhook, context, {
      usage: `${verb} <name>`,
      summary,
      configKeys,
      examples: [`webhook ${verb} ops`],
      run: async ({ args: [name = ''], options, config }) => {
        const client = await AdminClient.open(context, config);
        const answer = await client.post(`${webhookPath(name)}/${verb}`);
        if (options.json === true) printJson(context, answer);
        else {
          print(context, name);
          talk(context, done);
        }
        return 0;
      },
    });
  }

  addDeliveries(webhook, context);
  addReplay(webhook, context);

  addCommand(webhook, context, {
    usage: 'delete <name>',
    summary: 'delete a webhook',
    configKeys,
    examples: ['webhook delete ops'],
    run: async ({ args: [name = ''], options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.delete(webhookPath(name));
      if (options.json === true) printJson(context, answer);
      else {
        print(context, name);
        talk(context, 'deleted');
      }
      return 0;
    },
  });
}
