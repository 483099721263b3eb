import { isLoopback } from '../base/text/loopback';
import type { Config } from '../config/config';
import { DomainError } from '../core/errors';
import type { Log } from '../ports/log';
import type { ManageTokens } from '../services/access/manage-tokens';

/** Whether people on the admin listener need a token, and whether there is one. */
export interface AdminAccess {
  readonly requireToken: boolean;
  readonly lacksToken: boolean;
}

/** @throws DomainError `configuration` when others may reach the listener and no one has a token */
export async function decideAdminAccess(
  config: Config,
  manageTokens: Pick<ManageTokens, 'exists'>,
  log: Log,
): Promise<AdminAccess> {
  const isOpen = !isLoopback(config.adminHost);
  const hasToken = await manageTokens.exists();
  if (isOpen && !hasToken) throw noToken(config);
  const requireToken = isOpen || config.adminHosts.length > 0 || config.adminRequireToken;
  const lacksToken = requireToken && !hasToken;
  if (lacksToken)
    log.warn({}, 'the dashboard needs a token, and none exists: create one with `token create`');
  return { requireToken, lacksToken };
}

function noToken({ adminHost }: Config): DomainError {
  return DomainError.of('admin-token-missing', { adminHost });
}
