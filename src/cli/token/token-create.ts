import { type Command, Option } from 'commander';
import { type TokenScope, tokenScopes } from '../../core/token';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, print, printJson, talk } from '../kernel/context';
import { tokenJson } from './token-json';
import { withTokens } from '../kernel/with-tokens';

export function addTokenCreate(token: Command, context: CliContext): void {
  addCommand<{ readonly scope: TokenScope }>(token, context, {
    usage: 'create <name>',
    summary: 'create an admin token; it is shown only once',
    details:
      'Works on the data folder, whether or not the server is running. Scopes: read sees everything; publish also uploads, activates and deletes; admin also manages tokens.',
    options: [
      new Option('--scope <scope>', 'what the token may do').choices(tokenScopes).makeOptionMandatory(),
    ],
    configKeys: ['dataDir', 'databaseUrl'],
    examples: ['token create ci --scope publish', 'token create me --scope admin > ~/.rauc-token'],
    run: ({ args: [name = ''], options, config }) =>
      withTokens(context, config, async (tokens): Promise<ExitCode> => {
        const actor = `cli:${context.surroundings.user}`;
        const created = await tokens.create({ name, scope: options.scope, actor });
        if (options.json === true) {
          printJson(context, { token: tokenJson(created.token), secret: created.secret });
          return 0;
        }
        print(context, created.secret);
        talk(context, 'Save it now: only its hash is stored, so it cannot be shown again.');
        return 0;
      }),
  });
}
