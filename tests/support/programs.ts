import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { Launcher } from './launcher';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to the tests' environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Buffer | string;
  /** Who runs it; the user of the tests when left out. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 128 when a signal ended the program. */
  readonly code: number;
}

/** Runs a program to its end. Rejects only if the program cannot be started, never because of its exit code. */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { code, stdout, stderr } = await launcher.run({
    ...{ program, args, cwd: options.cwd, input: options.input, user: options.user },
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
  });
  return { stdout: stdout.toString(), stderr: stderr.toString(), code: code ?? 128 };
}

/** Runs a program that must succeed. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const result = await run(program, args, options);
  if (result.code !== 0) {
    throw new Error(
      `${program} ${args.join(' ')} ended with ${result.code}: ${result.stdout}${result.stderr}`,
    );
  }
  return result;
}

/** RAUC 1.15 from Debian sid, where tests/setup.sh installs it. */
export const raucSid = path.join(
  process.env['RAUC_SID_DIR'] ??
    path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'rauc-simple-server/rauc-sid'),
  'rauc',
);

const launcher = new Launcher();
const folders: string[] = [];

/** A new empty folder, removed after all tests of the file, or at the end of a benchmark's process. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rss-test-'));
  folders.push(folder);
  return folder;
}

if (typeof afterAll === 'function')
  afterAll(async () => {
    await launcher.end();
    await Promise.all(
      folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })),
    );
  });
else
  process.once('exit', () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
