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
  // A bundle that only waits for its boot is finished for the client.
  if (!isUnsettled(installation) || installation.installedAt !== null) return 'closed';
  return installation.state === 'cancelling' ? 'cancelling' : 'active';
}

/**
 * No one waits for it any more: the device has begun, and has said nothing of it for too long, although it polls. Its closing report may
 * be lost. It may still take the action up again, or tell how it ended.
 */
export function isOrphaned({ state, message }: Pick<Installation, 'state' | 'message'>): boolean {
  return state === 'stopped' && isCircumstance(message) && message.code === 'installation-stalled';
}
