import { type Command, Option } from 'commander';
import { noTokensJson } from '../../../contract/device-token';
import { DomainError } from '../../../core/errors';
import { AdminClient } from '../../kernel/admin-client';
import { addCommand } from '../../kernel/command';
import { type CliContext, print, printJson, talk } from '../../kernel/context';
import { parseAnswer } from '../../kernel/server-answer';
import { gatewayOption, type HolderFlags, tokenPath } from './token-holder';

interface Flags extends HolderFlags {
  readonly all?: boolean;
}

export function addDeviceTokenRemove(token: Command, context: CliContext): void {
  addCommand<Flags>(token, context, {
    usage: 'remove [id]',
    summary: 'remove the token of a device; it is refused at once',
    options: [gatewayOption, new Option('--all', "the tokens of all devices, and the gateway's")],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device token remove board-1', 'device token remove --gateway'],
    run: async ({ args: [id], options, config }) => {
      const path = options.all === true ? allTokens(id, options) : tokenPath(id, options);
      const client = await AdminClient.open(context, config);
      const answer = await client.delete(path);
      if (options.json === true) printJson(context, answer);
      else if (options.all === true) talk(context, `removed: ${parseAnswer(noTokensJson, answer).removed}`);
      else if (id === undefined) talk(context, 'removed');
      else {
        print(context, id);
        talk(context, 'removed');
      }
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function allTokens(id: string | undefined, { gateway }: HolderFlags): string {
  if (id === undefined && gateway !== true) return '/api/device-tokens';
  throw new DomainError(
    'configuration',
    '--all removes every token and cannot be combined with a device or --gateway',
    {
      remedy: 'Leave out --all to remove one token.',
    },
  );
}
