import { type Command, Option } from 'commander';
import { replayedAllJson } from '../../contract/webhook-delivery';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { parseAnswer } from '../kernel/server-answer';
import { webhookPath } from './webhook-path';

const shownReplay = replayedAllJson.partial({ more: true });

/** `webhook replay` */
export function addReplay(webhook: Command, context: CliContext): void {
  addCommand<{ readonly allFailed?: boolean }>(webhook, context, {
    usage: 'replay <name> [event]',
    summary: 'resend an event, or all events that were given up, and print how many',
    details:
      'A waiting event is sent at once. The receiver recognizes events it already has by their Webhook-Id.',
    options: [new Option('--all-failed', 'all events that were given up')],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['webhook replay ops 4711', 'webhook replay ops --all-failed'],
    run: async ({ args: [name = '', event], options, config }) => {
      const path = replayPath(name, event, options.allFailed === true);
      const client = await AdminClient.open(context, config);
      const answer = await client.post(path);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { replayed, more } = parseAnswer(shownReplay, answer);
      print(context, String(replayed));
      if (more === true) talk(context, 'more events are left: retry once the receiver has accepted these');
      return 0;
    },
  });
}

/** @throws DomainError `configuration` when it is unclear what to send */
function replayPath(name: string, event: string | undefined, isAll: boolean): string {
  if (event !== undefined && !isAll)
    return `${webhookPath(name)}/deliveries/${encodeURIComponent(event)}/replay`;
  if (event === undefined && isAll) return `${webhookPath(name)}/replay`;
  throw new DomainError('configuration', 'no event given', {
    remedy: 'Give either the id of one event or --all-failed.',
  });
}
