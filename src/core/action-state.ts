import type { Installation } from './installation';
import { isUnsettled } from './installation-states';

/**
 * How hawkBit's clients and scripts see an installation:
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
