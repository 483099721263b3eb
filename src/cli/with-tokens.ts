import type { Config } from '../config/config';
import type { ManageTokens } from '../services/manage-tokens';
import type { CliContext, ExitCode } from './context';

/** Opens the tokens of the data folder for one command, and closes them whatever happens. */
export async function withTokens(
  { wiring }: CliContext,
  config: Config,
  run: (tokens: ManageTokens) => ExitCode,
): Promise<ExitCode> {
  const tokens = await wiring.tokens(config);
  try {
    return run(tokens);
  } finally {
    await tokens.close();
  }
}
