import type { Installation } from './installation';
import { isUnsettled } from './installation-states';
import { isCircumstance } from './reasons/why';

/**
 * How hawkBit's clients and scripts see an installation:
 * - `active`: the device may have it, and reports on it
 * - `cancelling`: it is being cancelled, and the device has not answered yet
 * - `closed`: the device has reported the end, or it ended otherwise
 */
export type ActionState = 'active' | 'cancelling' | 'closed';

export function actionStateOf(installation: Installation): ActionState {
  // For the client, a bundle that only waits for its boot is finished.
  if (!isUnsettled(installation) || installation.installedAt !== null) return 'closed';
  return installation.state === 'cancelling' ? 'cancelling' : 'active';
}

/**
 * Whether no report is expected any more: the device has begun, and has not reported for too long although it polls. Its final
 * report may be lost. The device may still resume the action, or report how it ended.
 */
export function isOrphaned({ state, message }: Pick<Installation, 'state' | 'message'>): boolean {
  return state === 'stopped' && isCircumstance(message) && message.code === 'installation-stalled';
}
