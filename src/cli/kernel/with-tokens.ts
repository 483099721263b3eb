import type { Config } from '../../config/config';
import type { ManageTokens } from '../../services/access/manage-tokens';
import type { CliContext, ExitCode } from './context';

/** Opens the tokens of the data folder for one command, and closes them in any case. */
export async function withTokens(
  { wiring }: CliContext,
  config: Config,
  run: (tokens: ManageTokens) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const tokens = wiring.tokens(config);
  try {
    return await run(tokens);
  } finally {
    tokens.close();
  }
}
