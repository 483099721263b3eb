import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { runCli } from '../../src/cli/program';
import type { StopSignal, Surroundings } from '../../src/cli/kernel/surroundings';
import type { Output, Wiring } from '../../src/cli/kernel/wiring';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { checkImages } from '../../src/rauc/check-images';
import { inspectBundle } from '../../src/rauc/inspect';
import { fileSource } from '../../src/rauc/source';
import { examine } from '../../src/server/doctor';
import { move } from '../../src/server/move';
import { readProfile } from '../../src/server/read-profile';
import { createManageTokens } from '../../src/services/access/manage-tokens';
import { createBackups } from '../../src/store/backup/backups';
import { postgresArchived } from '../../src/store/backup/postgres-archived';
import { openTokenStore } from '../../src/store/store';

export const cliNow = new Date('2026-11-24T04:00:00.000Z');

export interface CliRun {
  readonly cwd: string;
  readonly wiring?: Partial<Wiring>;
  readonly stdin?: string | Buffer | Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether standard input and standard error are terminals. */
  readonly isTerminal?: boolean;
  readonly isStdoutTerminal?: boolean;
  /** Called with each piece of output as it is printed. */
  readonly onStdout?: (piece: string) => void;
  readonly surroundings?: Partial<Surroundings>;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, on real folders, and captures its output. */
export async function runCommand(args: readonly string[], given: CliRun): Promise<CliResult> {
  const stdout = remembering(given.isStdoutTerminal ?? false, given.onStdout);
  const stderr = remembering(given.isTerminal ?? false);
  const terminal = {
    stdin: Object.assign(inputOf(given.stdin), { isTTY: given.isTerminal ?? false }),
    stdout: stdout.stream,
    stderr: stderr.stream,
  };
  const code = await runCli(
    ['node', 'rauc-simple-server', ...args],
    { ...realWiring, ...given.wiring },
    terminal,
    { ...testSurroundings(given.cwd, given.env), ...given.surroundings },
  );
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export function testSurroundings(cwd: string, env: Readonly<Record<string, string>> = {}): Surroundings {
  return {
    env,
    cwd,
    command: 'npx rauc-simple-server',
    user: 'tester',
    version: '1.2.3',
    now: () => cliNow,
    newId: () => 'fixed-id',
    wait: (ms) => delay(ms),
    onStopSignal: () => () => undefined,
    onUncaughtException: () => () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code}`);
    },
  };
}

function inputOf(stdin: CliRun['stdin'] = ''): Readable {
  if (stdin instanceof Readable) return stdin;
  return Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]);
}

/** Signals sent by the test. */
export class SignalSource {
  private readonly listeners = new Set<(signal: StopSignal) => void>();
  readonly exits: number[] = [];

  get count(): number {
    return this.listeners.size;
  }

  send(signal: StopSignal): void {
    for (const listener of this.listeners) listener(signal);
  }

  surroundings(): Partial<Surroundings> {
    return {
      onStopSignal: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      exit: (code) => this.exits.push(code),
    };
  }
}

function remembering(
  isTTY: boolean,
  onPiece: (piece: string) => void = () => undefined,
): { stream: Output; text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (piece: Buffer) => {
    pieces.push(piece);
    onPiece(piece.toString());
  });
  return {
    stream: Object.assign(stream, { isTTY, columns: 100 }),
    text: () => Buffer.concat(pieces).toString(),
  };
}

/** Real certificates, tokens and inspection; tests that start a server bring their own. */
const realWiring: Wiring = {
  serve: () => Promise.reject(new Error('no server in this test')),
  certificates: (config) => openCertificateFolder(config.certsDir, { now: () => cliNow }),
  kitText: (name) => readFile(path.join(__dirname, '../../bin/device-kit', name), 'utf8'),
  tokens: (config) => {
    const store = openTokenStore(config.dataDir);
    const manage = createManageTokens({
      tokens: store.tokens,
      randomBytes,
      now: () => cliNow,
    });
    return Promise.resolve({ ...manage, close: () => store.close() });
  },
  backups: createBackups({
    version: '1.2.3',
    pid: process.pid,
    now: () => cliNow,
    newId: () => randomBytes(16).toString('hex'),
    postgres: postgresArchived,
  }),
  move,
  doctor: (config, request) => examine(config, { ...request, now: () => cliNow }),
  async inspect(file, config) {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      return await inspectBundle(fileSource(handle, size), await readProfile(config), cliNow);
    } finally {
      await handle.close();
    }
  },
  async checkImages(file, inspection, onProgress) {
    const handle = await open(file, 'r');
    try {
      return await checkImages(fileSource(handle, (await handle.stat()).size), inspection, onProgress);
    } finally {
      await handle.close();
    }
  },
};
