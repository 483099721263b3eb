import { type Command, Option } from 'commander';
import { deliveryLook } from '../../contract/state-looks';
import { deliveryJson, deliveryPageJson } from '../../contract/webhook-delivery';
import { deliveryStates } from '../../core/webhook-delivery';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { parseAnswer } from '../kernel/server-answer';
import { markedState } from '../kernel/state-mark';
import { webhookPath } from './webhook-path';

interface Flags {
  readonly state?: string;
  readonly limit?: string;
  readonly before?: string;
}

const shownDelivery = deliveryJson.pick({
  event: true,
  kind: true,
  state: true,
  attempts: true,
  next_attempt_at: true,
  last_error: true,
});
const shownPage = deliveryPageJson.extend({ deliveries: shownDelivery.array() });

/** `webhook deliveries` */
export function addDeliveries(webhook: Command, context: CliContext): void {
  addCommand<Flags>(webhook, context, {
    usage: 'deliveries <name>',
    summary: 'list deliveries to a webhook, sent and waiting, newest event first, one page at a time',
    options: [
      new Option('--state <state>', 'in this state').choices(deliveryStates),
      new Option('--limit <n>', 'deliveries per page').default('50'),
      new Option('--before <event>', 'continue before this event, as printed at the end of a page'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['webhook deliveries ops', 'webhook deliveries ops --state gave-up --json'],
    run: async ({ args: [name = ''], options, config }) => {
      const { state, limit = '50', before } = options;
      const query = new URLSearchParams({ limit });
      if (state !== undefined) query.set('state', state);
      if (before !== undefined) query.set('before', before);
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`${webhookPath(name)}/deliveries?${query.toString()}`);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { deliveries, next_before: next } = parseAnswer(shownPage, answer);
      const rows = deliveries.map((one) => [
        String(one.event),
        one.kind ?? '-',
        markedState(deliveryLook(one.state, one.attempts)),
        String(one.attempts),
        one.next_attempt_at ?? '-',
        one.last_error ?? '-',
      ]);
      printTable(context, ['EVENT', 'KIND', 'STATE', 'ATTEMPTS', 'NEXT TRY', 'LAST ERROR'], rows);
      if (next !== null) talk(context, `there may be more: continue with --before ${next}`);
      return 0;
    },
  });
}
