import cluster from 'node:cluster';
import { processSurroundings, type Surroundings } from '../cli/kernel/surroundings';
import type { RunningServer } from '../cli/kernel/wiring';
import { runningMessage, stopMessage } from './process-messages';

/** Whether this process is one of several that share their ports. */
export function isOneOfProcesses(): boolean {
  return cluster.isWorker;
}

/** Tells the process that started this one that it serves now. */
export function tellRunning(server: RunningServer): void {
  process.send?.(runningMessage(server));
}

/**
 * What the command knows about this process. Only the process that started it says when to stop: signals of terminals and service managers
 * reach all of them, and a second one would stop this process immediately.
 */
export function surroundingsOfOne(): Surroundings {
  const ignore = () => undefined;
  return {
    ...processSurroundings(),
    onStopSignal(listener) {
      const onMessage = (message: unknown) => {
        if (message === stopMessage) listener('SIGTERM');
      };
      process.on('SIGINT', ignore).on('SIGTERM', ignore).on('message', onMessage);
      return () => {
        process.off('message', onMessage);
      };
    },
  };
}
