import { failedStates } from '../../core/installation-states';
import type { InstallationJson } from '../../contract/installation';

/** Whether the bundle may not be offered to the device again until a person clears it. */
export function isToClear({ state, cleared_at: clearedAt }: InstallationJson): boolean {
  const clearable: readonly string[] = [...failedStates, 'cancelled', 'interrupted'];
  return clearedAt === null && clearable.includes(state);
}
