import { actionStateOf } from '../../../core/action-state';
import { maxInstallationId, type Installation } from '../../../core/installation';
import { isStarted, isWritten } from '../../../core/installation-states';

export type ActionLink = 'deploymentBase' | 'cancelAction' | 'installedBase';

/**
 * The one link that a poll gets for the latest installation of its device; `null` for none.
 * @param offeredSha256 hash of the bundle that the device is offered now; `null` for none
 * @param isServable whether its bundle is here, with the hashes that clients want
 */
export function linkOf(
  installation: Installation | null,
  offeredSha256: string | null,
  isServable: boolean,
): ActionLink | null {
  if (installation === null) return null;
  switch (actionStateOf(installation)) {
    case 'cancelling':
      return 'cancelAction';
    case 'closed':
      return isWritten(installation) && isServable ? 'installedBase' : null;
    case 'active': {
      const isOffered = offeredSha256 === installation.sha256;
      return isServable && (isOffered || isStarted(installation)) ? 'deploymentBase' : null;
    }
  }
}

/** @returns `undefined` for text that is not the number of an installation */
export function parseAction(text: string | undefined): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= maxInstallationId ? id : undefined;
}
