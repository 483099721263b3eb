import { failedStates } from '../../core/installation-states';
import type { InstallationJson } from '../../contract/installation';

/** Whether someone must clear the failure before the device is offered the bundle again. */
export function isToClear({ state, cleared_at: clearedAt }: InstallationJson): boolean {
  const clearable: readonly string[] = [...failedStates, 'cancelled', 'interrupted'];
  return clearedAt === null && clearable.includes(state);
}
