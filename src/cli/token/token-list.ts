import type { Command } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, printJson } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { formatInstant } from '../kernel/printable';
import { tokenJson } from './token-json';
import { withTokens } from '../kernel/with-tokens';

export function addTokenList(token: Command, context: CliContext): void {
  addCommand(token, context, {
    usage: 'list',
    summary: 'list the admin tokens, without their secrets',
    configKeys: ['dataDir', 'databaseUrl'],
    examples: ['token list', 'token list --json'],
    run: ({ options, config }) =>
      withTokens(context, config, async (tokens): Promise<ExitCode> => {
        const all = await tokens.list();
        if (options.json === true) {
          printJson(context, { tokens: all.map(tokenJson) });
          return 0;
        }
        const rows = all.map(({ name, scope, createdAt, createdBy, revokedAt }) => [
          name,
          scope,
          formatInstant(createdAt),
          createdBy,
          revokedAt === null ? '-' : formatInstant(revokedAt),
        ]);
        printTable(context, ['NAME', 'SCOPE', 'CREATED', 'BY', 'REVOKED'], rows);
        return 0;
      }),
  });
}
