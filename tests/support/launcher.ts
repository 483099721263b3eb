import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { getSystemErrorName, promisify } from 'node:util';
import { cachedFolder } from './cached-folder';

export interface Launch {
  /** Found in the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly input?: Buffer | string | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface Launched {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** `null`: a signal ended the program. */
  readonly code: number | null;
}

interface Run {
  readonly program: string;
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  readonly resolve: (launched: Launched) => void;
  readonly reject: (error: Error) => void;
}

interface Pipes {
  readonly stdin: Socket;
  readonly stdout: Socket;
}

const kinds = { output: 1, errors: 2, ended: 3, notStarted: 4 };
const nobodyElse = 0xffffffff;

/**
 * A small process that starts programs for a large one: to fork a Jest worker takes ten times as long. It begins with the first program,
 * and ends with the process that asked for it.
 */
export class Launcher {
  private readonly runs = new Map<number, Run>();
  private pipes: Promise<Pipes> | null = null;
  private unread: Buffer = Buffer.alloc(0);
  private lastId = 0;

  /** Runs a program until it has ended and its output is closed. Rejects only if it cannot be started, as `spawn` does. */
  async run(launch: Launch): Promise<Launched> {
    this.pipes ??= this.start();
    const { stdin, stdout } = await this.pipes;
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      this.runs.set(id, { program: launch.program, stdout: [], stderr: [], resolve, reject });
      stdout.ref();
      stdin.write(requestOf(id, launch));
    });
  }

  /** Ends the process. */
  async end(): Promise<void> {
    const pipes = await this.pipes;
    this.pipes = null;
    pipes?.stdin.end();
  }

  private async start(): Promise<Pipes> {
    const child = spawn(await launcherProgram(), { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = child;
    if (!(stdin instanceof Socket && stdout instanceof Socket)) throw new Error('pipes are no sockets');
    stdout.on('data', (piece: Buffer) => this.take(piece));
    stdin.on('error', () => undefined); // `close` says it
    child.once('close', () => {
      for (const { reject } of this.runs.values()) reject(new Error('the launcher of programs has ended'));
      this.runs.clear();
    });
    child.unref();
    stdin.unref();
    stdout.unref(); // kept while a program runs
    return { stdin, stdout };
  }

  private take(piece: Buffer): void {
    this.unread = this.unread.length === 0 ? piece : Buffer.concat([this.unread, piece]);
    while (this.unread.length >= 4) {
      const end = 4 + this.unread.readUInt32LE(0);
      if (this.unread.length < end) return;
      this.takeAnswer(this.unread.subarray(4, end));
      this.unread = this.unread.subarray(end);
    }
  }

  private takeAnswer(answer: Buffer): void {
    const id = answer.readUInt32LE(0);
    const run = this.runs.get(id);
    if (run === undefined) throw new Error(`the launcher tells of program ${id}, which does not run`);
    const kind = answer.readUInt32LE(4);
    const content = answer.subarray(8);
    if (kind === kinds.output) run.stdout.push(content);
    else if (kind === kinds.errors) run.stderr.push(content);
    else void this.finish(id, run, kind, content.readInt32LE(0));
  }

  private async finish(id: number, run: Run, kind: number, number: number): Promise<void> {
    this.runs.delete(id);
    if (this.runs.size === 0) (await this.pipes)?.stdout.unref();
    if (kind === kinds.notStarted) {
      const code = getSystemErrorName(-number);
      run.reject(Object.assign(new Error(`${run.program} cannot be started: ${code}`), { code }));
      return;
    }
    const [stdout, stderr] = [Buffer.concat(run.stdout), Buffer.concat(run.stderr)];
    run.resolve({ stdout, stderr, code: number < 0 ? null : number });
  }
}

/** As launcher.c describes it. */
function requestOf(id: number, { program, args, cwd = '', env, input = '', user }: Launch): Buffer {
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const strings = [cwd, program, ...args, ...variables];
  if (strings.some((string) => string.includes('\0'))) throw new Error('an argument has a zero byte');
  const text = Buffer.from(strings.map((string) => `${string}\0`).join(''));
  const data = Buffer.from(input);
  const numbers = [
    ...[4 * 6 + text.length + data.length, id, user?.uid ?? nobodyElse, user?.gid ?? nobodyElse],
    ...[args.length + 1, variables.length, data.length],
  ];
  return Buffer.concat([Buffer.from(Uint32Array.from(numbers).buffer), text, data]);
}

/** @returns the path of the program, compiled once for each version of launcher.c */
async function launcherProgram(): Promise<string> {
  const source = path.join(__dirname, 'launcher.c');
  const folder = await cachedFolder('launcher', await readFile(source, 'utf8'), async (target) => {
    const program = path.join(target, 'launcher');
    await promisify(execFile)('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
  });
  return path.join(folder, 'launcher');
}
