import type { Command } from 'commander';
import type { RequestOf } from '../../contract/request';
import type { webhookChangeBody } from '../../contract/webhook';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { webhookPath } from './webhook-path';

/** `webhook order` */
export function addOrder(webhook: Command, context: CliContext): void {
  addCommand(webhook, context, {
    usage: 'order <name> <on|off>',
    summary: 'turn in-order delivery on or off',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['webhook order audit on', 'webhook order audit off'],
    run: async ({ args: [name = '', wanted = ''], options, config }) => {
      if (wanted !== 'on' && wanted !== 'off') {
        throw new DomainError('configuration', `${JSON.stringify(wanted)} is neither on nor off`, {
          remedy: 'Use on or off.',
        });
      }
      const client = await AdminClient.open(context, config);
      const answer = await client.patch<RequestOf<typeof webhookChangeBody>>(webhookPath(name), {
        in_order: wanted === 'on',
      });
      if (options.json === true) printJson(context, answer);
      else {
        print(context, name);
        talk(context, wanted === 'on' ? 'events arrive in order' : 'events may arrive in any order');
      }
      return 0;
    },
  });
}
