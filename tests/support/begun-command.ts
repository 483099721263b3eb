import { spawn } from 'node:child_process';
import { entryPoint } from './server-process';

/** A command that runs, to be killed in the middle. */
export interface BegunCommand {
  /** Kills it, and waits until it has ended. */
  kill(): Promise<void>;
}

/** Begins a command of the CLI in a folder. */
export function beginCommand(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): BegunCommand {
  const child = spawn(process.execPath, [entryPoint, ...args], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
