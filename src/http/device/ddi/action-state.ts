import { maxInstallationId, type Installation } from '../../../core/installation';
import { isStarted, isUnsettled, isWritten } from '../../../core/installation-states';

/**
 * How hawkBit's clients see an installation:
 * - `active`: the device may have it, and reports on it
 * - `cancelling`: it is being cancelled, and the device has not answered yet
 * - `closed`: the device has reported the end, or it ended otherwise
 */
export type ActionState = 'active' | 'cancelling' | 'closed';

export function actionStateOf(installation: Installation): ActionState {
  // A bundle that only waits for its boot is finished for the client.
  if (!isUnsettled(installation) || installation.installedAt !== null) return 'closed';
  return installation.state === 'cancelling' ? 'cancelling' : 'active';
}

export type ActionLink = 'deploymentBase' | 'cancelAction' | 'installedBase';

/**
 * The one link that a poll gets for the latest installation of its device; `null` for none.
 * @param offeredSha256 of the bundle that the device is offered now; `null` for none
 * @param isServable its bundle is here, with the hashes that clients want
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

/** @returns `undefined` for what is no number of an installation */
export function parseAction(text: string | undefined): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= maxInstallationId ? id : undefined;
}
