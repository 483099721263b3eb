import { type Command, Option } from 'commander';
import { z } from 'zod';
import { newWebhookJson, webhookJson } from '../../contract/webhook';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { newWebhookBody } from '../../contract/webhook';

const configKeys = ['server', 'token', 'tokenFile'] as const;

const shownWebhook = webhookJson.pick({
  name: true,
  url: true,
  kinds: true,
  enabled: true,
  last_error: true,
  last_delivered_at: true,
});
const shownWebhooks = z.object({ webhooks: z.array(shownWebhook) });

/** `webhook create|list|enable|disable|test|delete` */
export function addWebhookCommands(webhook: Command, context: CliContext): void {
  addCommand<{ readonly kind?: string }>(webhook, context, {
    usage: 'create <name> <url>',
    summary: 'send events to a URL from now on; the secret that signs them is shown once',
    options: [
      new Option('--kind <kinds>', 'kinds separated by commas; "rollout." means all that begin with it'),
    ],
    configKeys,
    examples: [
      'webhook create ops https://chat.example.com/hook --kind installation.failed,installation.rolled-back,rollout.',
    ],
    run: async ({ args: [name = '', url = ''], options, config }) => {
      const kinds = (options.kind ?? '').split(',').filter((kind) => kind !== '');
      const answer = await (
        await AdminClient.open(context, config)
      ).post<RequestOf<typeof newWebhookBody>>('/api/webhooks', { name, url, kinds });
      if (options.json === true) printJson(context, answer);
      else {
        print(context, parseAnswer(newWebhookJson.pick({ secret: true }), answer).secret);
        talk(context, 'keep this secret: it is not shown again');
      }
      return 0;
    },
  });

  addCommand(webhook, context, {
    usage: 'list',
    summary: 'list webhooks, and which of them fail',
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
          one.last_delivered_at ?? '-',
          one.last_error ?? '-',
          one.url,
        ]);
        print(context, formatTable(['NAME', 'STATE', 'KINDS', 'DELIVERED', 'LAST ERROR', 'URL'], rows));
      }
      return 0;
    },
  });

  for (const [verb, summary] of [
    ['enable', 'turn it on: it begins with what happens from now on'],
    ['disable', 'turn it off'],
    ['test', 'send an event that never happened, now'],
  ] as const) {
    addCommand(webhook, context, {
      usage: `${verb} <name>`,
      summary,
      configKeys,
      examples: [`webhook ${verb} ops`],
      run: async ({ args: [name = ''], options, config }) => {
        const client = await AdminClient.open(context, config);
        const answer = await client.post(`/api/webhooks/${encodeURIComponent(name)}/${verb}`);
        if (options.json === true) printJson(context, answer);
        else print(context, name);
        return 0;
      },
    });
  }

  addCommand(webhook, context, {
    usage: 'delete <name>',
    summary: 'send nothing there any more',
    configKeys,
    examples: ['webhook delete ops'],
    run: async ({ args: [name = ''], options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.delete(`/api/webhooks/${encodeURIComponent(name)}`);
      if (options.json === true) printJson(context, answer);
      else print(context, name);
      return 0;
    },
  });
}
