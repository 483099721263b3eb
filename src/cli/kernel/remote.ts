import { Option } from 'commander';
import type { Config } from '../../config/config';
import { type OptionKey, flagName } from '../../config/options';
import { DomainError } from '../../core/errors';

/** For commands that work in a local folder, or on a running server with `--remote`. */
export interface RemoteFlags {
  readonly remote?: boolean;
}

export const remoteOption = new Option(
  '--remote',
  'use the running server at --server or RAUC_SERVER instead of the local certificates folder',
);

/** The options that select the server and the caller. */
export const remoteKeys = ['server', 'token', 'tokenFile'] as const satisfies readonly OptionKey[];

/**
 * Whether to ask a running server. RAUC_SERVER alone does not mean that: it may be set for other commands.
 * @throws DomainError `configuration` for a flag without effect
 */
export function isRemote({ remote = false }: RemoteFlags, { sources }: Config): boolean {
  const others: readonly OptionKey[] = remote ? ['certsDir'] : remoteKeys;
  const idle = others.find((key) => sources[key] === 'flag');
  if (idle === undefined) return remote;
  throw new DomainError(
    'configuration',
    remote
      ? `${flagName(idle)} cannot be combined with --remote`
      : `${flagName(idle)} has no effect without --remote`,
    {
      remedy:
        'Add --remote to use a running server; without it, the command works in the local certificates folder.',
    },
  );
}
