import type { RunningServer } from '../cli/kernel/wiring';

/** What several processes of one server tell each other. */

/** What a process tells people once it serves. */
export type RunningProcess = Omit<RunningServer, 'crashed' | 'close'>;

/** From the first process: finish what is running, then end. */
export const stopMessage = 'stop';

/** To the first process: this one serves now. */
export function runningMessage(server: RunningServer): { readonly running: RunningProcess } {
  const { adminUrl, deviceUrl, hawkbitUrl, certificateNames, made, warnings, lacksToken } = server;
  return { running: { adminUrl, deviceUrl, hawkbitUrl, certificateNames, made, warnings, lacksToken } };
}

/** @returns undefined for any other message */
export function runningIn(message: unknown): RunningProcess | undefined {
  const isIt = typeof message === 'object' && message !== null && 'running' in message;
  return isIt ? (message.running as RunningProcess) : undefined; // of the same program
}
