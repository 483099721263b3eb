import type { Command } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, print, printJson, talk } from '../kernel/context';
import { tokenJson } from './token-json';
import { withTokens } from '../kernel/with-tokens';

export function addTokenRevoke(token: Command, context: CliContext): void {
  addCommand(token, context, {
    usage: 'revoke <name>',
    summary: 'revoke an admin token; a running server refuses it at once',
    configKeys: ['dataDir', 'databaseUrl'],
    examples: ['token revoke ci'],
    run: ({ args: [name = ''], options, config }) =>
      withTokens(context, config, async (tokens): Promise<ExitCode> => {
        const revoked = await tokens.revoke({ name, actor: `cli:${context.surroundings.user}` });
        if (options.json === true) printJson(context, { token: tokenJson(revoked) });
        else {
          print(context, revoked.name);
          talk(context, 'Takes effect at once: a running server refuses it.');
        }
        return 0;
      }),
  });
}
