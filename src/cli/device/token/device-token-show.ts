import type { Command } from 'commander';
import { AdminClient } from '../../kernel/admin-client';
import { addCommand } from '../../kernel/command';
import type { CliContext } from '../../kernel/context';
import { gatewayOption, type HolderFlags, printToken, tokenPath } from './token-holder';

export function addDeviceTokenShow(token: Command, context: CliContext): void {
  addCommand<HolderFlags>(token, context, {
    usage: 'show [id]',
    summary: 'show the token of a device; requires an admin token with the scope admin',
    options: [gatewayOption],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device token show board-1', 'device token show --gateway'],
    run: async ({ args: [id], options, config }) => {
      const path = tokenPath(id, options);
      const client = await AdminClient.open(context, config);
      printToken(context, await client.get(path), options.json === true);
      return 0;
    },
  });
}
