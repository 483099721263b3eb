import { Command } from 'commander';
import { addExamples } from './kernel/command';
import type { CliContext, ExitCode } from './kernel/context';
import { isDone, reportFailure } from './kernel/failure';
import { printable } from './kernel/printable';
import { processSurroundings, processTerminal, type Surroundings } from './kernel/surroundings';
import type { Terminal, Wiring } from './kernel/wiring';

/** As {@link runCli} returns them. */
const exitCodes = [
  'Exit codes:',
  '  0   done',
  '  1   refused or failed',
  '  2   wrong usage or configuration',
  '  3   timed out (rollout wait)',
  '  70  a bug, or a disk that lost what was written',
].join('\n');

type AddCommands = (program: Command, context: CliContext) => void;

/**
 * Commands and groups, in the order of the help. Only the requested one is loaded: loading is most of the start time.
 */
const commands: Readonly<Record<string, () => AddCommands>> = {
  serve: () => (require('./serve/serve') as typeof import('./serve/serve')).addServe,
  doctor: () => (require('./doctor/doctor') as typeof import('./doctor/doctor')).addDoctor,
  backup: () => (require('./backup/backup') as typeof import('./backup/backup')).addBackup,
  restore: () => (require('./backup/restore') as typeof import('./backup/restore')).addRestore,
  move: () => (require('./move/move') as typeof import('./move/move')).addMove,
  config: () => (require('./serve/config-show') as typeof import('./serve/config-show')).addConfigCommands,
  cert: () => (require('./cert/cert-commands') as typeof import('./cert/cert-commands')).addCertCommands,
  bundle: () =>
    (require('./bundle/bundle-commands') as typeof import('./bundle/bundle-commands')).addBundleCommands,
  release: () => (require('./release/release') as typeof import('./release/release')).addReleaseCommands,
  rollout: () => (require('./rollout/rollout') as typeof import('./rollout/rollout')).addRolloutCommands,
  attention: () =>
    (require('./journal/attention') as typeof import('./journal/attention')).addAttentionCommands,
  events: () => (require('./journal/events') as typeof import('./journal/events')).addEvents,
  webhook: () => (require('./webhook/webhook') as typeof import('./webhook/webhook')).addWebhookCommands,
  device: () =>
    (require('./device/device-commands') as typeof import('./device/device-commands')).addDeviceCommands,
  token: () =>
    (require('./token/token-commands') as typeof import('./token/token-commands')).addTokenCommands,
  completion: () =>
    (require('./completion/completion') as typeof import('./completion/completion')).addCompletion,
};

/**
 * The command line as data and actions.
 * @param only the single command that is needed; anything else loads all of them, for the help and the completion
 * @param isJson keeps commander's messages away from programs
 */
export function createProgram(context: CliContext, only?: string, isJson = false): Command {
  const { stdout, stderr } = context.terminal;
  const program = new Command('rauc-simple-server')
    .description('Over-the-air update server for devices that run RAUC')
    .version(context.surroundings.version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(run with --help for usage)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => {
        if (!isJson) stderr.write(printable(text));
      },
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.addHelpText('after', `\n${exitCodes}`);
  addExamples(program, ['serve', 'cert device board-1', 'bundle upload my-bundle.raucb --activate']);
  const names =
    only !== undefined && only !== 'completion' && Object.hasOwn(commands, only)
      ? [only]
      : Object.keys(commands);
  for (const name of names) commands[name]?.()(program, context);
  return program;
}

/**
 * Runs the command line.
 * @param argv as in `process.argv`: the first two are Node and the program
 * @returns the exit code, once all output has been written: 0 done, 1 refused, 2 usage or configuration, 3 a wait
 * timed out, 70 a bug
 */
export async function runCli(
  argv: readonly string[],
  wiring: Wiring,
  terminal: Terminal = processTerminal(),
  surroundings: Surroundings = processSurroundings(),
): Promise<ExitCode> {
  const context: CliContext = { wiring, terminal, surroundings, exitCode: 0 };
  const words = argv.slice(2);
  const end = words.indexOf('--');
  const isJson = (end === -1 ? words : words.slice(0, end)).includes('--json');
  const output = new OutputWatch(context);
  try {
    const program = createProgram(context, words[0], isJson);
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!isDone(error)) {
      context.exitCode = reportFailure(context, error, { isJson, isDebug: isDebug(words, surroundings) });
    }
  }
  await output.flush();
  return context.exitCode;
}

/** The configuration itself may be what fails, so this reads the raw flags and variables. */
function isDebug(words: readonly string[], { env }: Surroundings): boolean {
  const levels = ['debug', 'trace'];
  const at = words.indexOf('--log-level');
  const flag = at === -1 ? words.find((word) => word.startsWith('--log-level='))?.slice(12) : words[at + 1];
  return levels.includes(flag ?? env['LOG_LEVEL'] ?? '');
}

/**
 * A reader that leaves (`| head`) is not a failure. An output that cannot be written (a full disk) is one, because the
 * result is missing.
 */
class OutputWatch {
  #failure: Error | undefined;
  readonly #onError = (error: Error) => {
    this.#failure ??= error;
  };

  constructor(private readonly context: CliContext) {
    const { stdout, stderr } = context.terminal;
    stdout.on('error', this.#onError);
    stderr.on('error', this.#onError);
  }

  async flush(): Promise<void> {
    const { stdout, stderr } = this.context.terminal;
    await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
    stdout.removeListener('error', this.#onError);
    const failure = this.#failure;
    if (failure === undefined || ('code' in failure && failure.code === 'EPIPE')) return;
    stderr.write(`error: cannot write the output: ${failure.message}\n`);
    if (this.context.exitCode === 0) this.context.exitCode = 1;
  }
}
