import type { Config } from '../../config/config';
import type { ManageTokens } from '../../services/access/manage-tokens';
import type { CliContext, ExitCode } from './context';

/** Opens the tokens in the database for one command, and closes them in any case. */
export async function withTokens(
  { wiring }: CliContext,
  config: Config,
  run: (tokens: ManageTokens) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const tokens = await wiring.tokens(config);
  try {
    return await run(tokens);
  } finally {
    await tokens.close();
  }
}
