import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { run, type ProgramResult } from './programs';

export const entryPoint = path.resolve(__dirname, '../../bin/rauc-simple-server.js');

/** A built server in a separate process, on free loopback ports, in its own folder. */
export interface ServerProcess {
  readonly adminUrl: string;
  readonly deviceUrl: string;
  readonly process: ChildProcess;
  /** Its output so far. */
  readonly output: { stdout: string; stderr: string };
  /** Exit code; -1 when a signal ended it. */
  readonly exited: Promise<number>;
  /** Ends it and waits for its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

const running = new Set<ServerProcess>();

if (typeof afterAll === 'function')
  afterAll(async () => {
    await Promise.all([...running].map((server) => server.stop('SIGKILL')));
  });

export interface StartOptions {
  readonly folder: string;
  /** Runs this program instead of the one that was built here. */
  readonly entry?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program with arguments that takes the server's command line after them and runs the server in its own place. */
  readonly within?: readonly string[];
}

/** Runs `serve` and waits until it listens. Rejects with its output if it ends instead. */
export async function startServer({
  folder,
  entry = entryPoint,
  args = [],
  env = {},
  within = [],
}: StartOptions): Promise<ServerProcess> {
  const [program = process.execPath, ...before] = within;
  const child = spawn(
    program,
    [
      ...before,
      ...(within.length === 0 ? [] : [process.execPath]),
      entry,
      'serve',
      '--json',
      '--admin-port',
      '0',
      '--device-port',
      '0',
      '--device-host',
      '127.0.0.1',
      ...args,
    ],
    { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? -1));
  });
  const banner = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
      if (output.stdout.trimEnd().endsWith('}')) resolve(output.stdout);
    });
  });
  const first = await Promise.race([banner, exited]);
  if (typeof first === 'number')
    throw new Error(`the server ended with ${first}: ${output.stdout}${output.stderr}`);
  const { admin_url: adminUrl, device_url: deviceUrl } = JSON.parse(first) as {
    admin_url: string;
    device_url: string;
  };
  const server: ServerProcess = {
    adminUrl: adminUrl.replace(/\/$/, ''),
    deviceUrl: deviceUrl.replace(/\/$/, ''),
    process: child,
    output,
    exited,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      running.delete(server);
      return exited;
    },
  };
  running.add(server);
  return server;
}

/** Runs a command of the CLI in a folder. */
export function cli(folder: string, ...args: string[]): Promise<ProgramResult> {
  return run(process.execPath, [entryPoint, ...args], { cwd: folder });
}
