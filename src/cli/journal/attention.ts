import type { Command } from 'commander';
import { z } from 'zod';
import { attentionJson } from '../../contract/attention';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand, addGroup } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { parseAnswer } from '../kernel/server-answer';
import type { Read } from '../../contract/reader';
import type { RequestOf } from '../../contract/request';
import type { dismissalJson } from '../../contract/attention';

const configKeys = ['server', 'token', 'tokenFile'] as const;
const shownOverview = z.object({
  attention: z.array(attentionJson.pick({ kind: true, message: true, subjects: true })),
});

/** `attention list|dismiss` */
export function addAttentionCommands(program: Command, context: CliContext): void {
  const attention = addGroup(program, 'attention', 'show what needs attention', ['attention list']);
  addCommand(attention, context, {
    usage: 'list',
    summary: 'list what needs attention',
    configKeys,
    examples: ['attention list'],
    run: async ({ options, config }) => {
      const answer = await (await AdminClient.open(context, config)).get('/api/overview');
      const { attention: items } = parseAnswer(shownOverview, answer);
      if (options.json === true) printJson(context, { attention: items });
      else
        printTable(
          context,
          ['KIND', 'WHAT'],
          items.map(({ kind, message }) => [kind, message]),
          'nothing needs attention',
        );
      return 0;
    },
  });

  addCommand(attention, context, {
    usage: 'dismiss <kind>',
    summary: 'dismiss an item that you have seen',
    configKeys,
    examples: ['attention dismiss downgrade-allowed'],
    run: async ({ args: [kind = ''], options, config }) => {
      const client = await AdminClient.open(context, config);
      const { attention: items } = parseAnswer(shownOverview, await client.get('/api/overview'));
      const item = items.find((one) => one.kind === kind && one.subjects !== undefined);
      if (item?.subjects === undefined) throw nothingToDismiss(kind);
      const answer = await client.post<Read<RequestOf<typeof dismissalJson>>>('/api/attention/dismiss', {
        kind: item.kind,
        subjects: item.subjects,
      });
      if (options.json === true) printJson(context, answer);
      else talk(context, `dismissed: ${item.message}`);
      return 0;
    },
  });
}

function nothingToDismiss(kind: string): DomainError {
  return new DomainError(
    'not-found',
    `no item of kind ${JSON.stringify(kind.slice(0, 80))} can be dismissed`,
    {
      remedy: 'See "attention list". Most items disappear once their cause is resolved.',
    },
  );
}
