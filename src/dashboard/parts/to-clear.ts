import { failedStates } from '../../core/installation-states';
import type { InstallationJson } from '../../contract/installation';

/** Whether the device is not offered the bundle again until someone clears the failure. */
export function isToClear({ state, cleared_at: clearedAt }: InstallationJson): boolean {
  const clearable: readonly string[] = [...failedStates, 'cancelled', 'interrupted'];
  return clearedAt === null && clearable.includes(state);
}
