import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The core that it runs on; `null` for all cores. */
  readonly core: number | null;
}

/** A program that runs next to the benchmark, and never outlives it. */
export interface Program {
  readonly pid: number;
  /** Writes a line to it. */
  say(line: string): void;
  /** Ends its standard input. */
  sayNoMore(): void;
  /** Resolves with what it has printed, as soon as that can be parsed. @throws Error if the program ends first */
  hear<Heard>(understand: (stdout: string) => Heard | undefined): Promise<Heard>;
  /** Waits for a condition. @throws Error if the program ends first, or after half a minute */
  until(isSo: () => Promise<boolean>): Promise<void>;
  /** Waits until it has ended. @returns the exit code; 128 if a signal ended it */
  ended(): Promise<number>;
  /** Stops it, and waits until it has ended. */
  stop(): Promise<void>;
}

const running = new Map<ChildProcess, Program>();
const pollMs = 5;
const untilMs = 30_000;
const graceMs = 20_000;

process.once('exit', () => {
  for (const child of running.keys()) child.kill('SIGTERM');
});

/** Stops all programs that still run. */
export async function stopPrograms(): Promise<void> {
  await Promise.all([...running.values()].map((program) => program.stop()));
}

/** Starts a program. @throws Error when it does not exist */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {}, core }: ProgramOptions,
): Program {
  const options = { cwd, env: { ...process.env, ...env }, stdio: 'pipe' } as const;
  const child =
    core === null
      ? spawn(command, args, options)
      : spawn('taskset', ['-c', `${core}`, command, ...args], options);
  let stdout = '';
  let stderr = '';
  let listener: () => void = () => undefined;
  let code: number | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined); // it need not read all of its input
  const ended = new Promise<number>((resolve) => {
    const end = (exitCode: number) => {
      code = exitCode;
      running.delete(child);
      listener();
      resolve(exitCode);
    };
    child.once('error', (error) => {
      stderr += error.message;
      end(127);
    });
    child.once('close', (exitCode) => end(exitCode ?? 128));
  });
  const failure = () => new Error(`${command} ended with ${code ?? 'nothing'}: ${stderr}${stdout}`);

  const self: Program = {
    pid: child.pid ?? 0,
    say: (line) => child.stdin.write(`${line}\n`),
    sayNoMore: () => child.stdin.end(),
    hear: (understand) =>
      new Promise((resolve, reject) => {
        listener = () => {
          const heard = understand(stdout);
          if (heard !== undefined) resolve(heard);
          else if (code !== undefined) reject(failure());
        };
        listener();
      }),
    async until(isSo) {
      const deadline = performance.now() + untilMs;
      while (!(await isSo())) {
        if (code !== undefined) throw failure();
        if (performance.now() > deadline) throw new Error(`${command} is not ready in time: ${stderr}`);
        await delay(pollMs);
      }
    },
    ended: () => ended,
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(patience);
    },
  };
  running.set(child, self);
  return self;
}

/** Parses a JSON object that is all a program prints. */
export function wholeObject(stdout: string): object | undefined {
  if (!stdout.trimEnd().endsWith('}')) return undefined;
  try {
    return JSON.parse(stdout) as object;
  } catch {
    return undefined; // not complete yet
  }
}
