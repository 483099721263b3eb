import { Command } from 'commander';
import { addAttentionCommands } from './journal/attention';
import { addBackup } from './backup/backup';
import { addRestore } from './backup/restore';
import { addBundleActivate } from './bundle/bundle-activate';
import { addBundleDeactivate } from './bundle/bundle-deactivate';
import { addBundleDelete } from './bundle/bundle-delete';
import { addBundleDownload } from './bundle/bundle-download';
import { addBundleInspect } from './bundle/bundle-inspect';
import { addBundleList } from './bundle/bundle-list';
import { addBundleShow } from './bundle/bundle-show';
import { addBundleUpload } from './bundle/bundle-upload';
import { addCertCa } from './cert/cert-ca';
import { addCertDevice } from './cert/cert-device';
import { addCertList } from './cert/cert-list';
import { addCertRefused } from './cert/cert-refused';
import { addCertRevoke } from './cert/cert-revoke';
import { addCertRevoked } from './cert/cert-revoked';
import { addCertServer } from './cert/cert-server';
import { addCertShow } from './cert/cert-show';
import { addCertVerify } from './cert/cert-verify';
import { addExamples } from './kernel/command';
import { addCompletion } from './completion/completion';
import { addDoctor } from './doctor/doctor';
import { addEvents } from './journal/events';
import { addReleaseCommands } from './release/release';
import { addRolloutCommands } from './rollout/rollout';
import { addWebhookCommands } from './webhook/webhook';
import { addConfigShow } from './serve/config-show';
import type { CliContext, ExitCode } from './kernel/context';
import { addDeviceKit } from './device/device-kit';
import { deviceCommands } from './device/device-commands';
import { isDone, reportFailure } from './kernel/failure';
import { printable } from './kernel/printable';
import { addServe } from './serve/serve';
import { processSurroundings, processTerminal, type Surroundings } from './kernel/surroundings';
import { addTokenCreate } from './token/token-create';
import { addTokenList } from './token/token-list';
import { addTokenRevoke } from './token/token-revoke';
import type { Terminal, Wiring } from './kernel/wiring';

/** The command line as data and actions; `isJson` keeps commander's own words away from programs. */
export function createProgram(context: CliContext, isJson = false): Command {
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
  addExamples(program, ['serve', 'cert device board-1', 'bundle upload my-bundle.raucb --activate']);
  addServe(program, context);
  addDoctor(program, context);
  addBackup(program, context);
  addRestore(program, context);

  const config = group(program, 'config', 'show the configuration', ['config show']);
  addConfigShow(config, context);

  const cert = group(program, 'cert', 'manage the certificates of the CA, the server and the devices', [
    'cert device board-1',
    'cert list',
    'cert verify',
  ]);
  for (const add of [addCertCa, addCertServer, addCertDevice, addCertList, addCertShow, addCertVerify]) {
    add(cert, context);
  }
  addCertRevoke(cert, context);
  addCertRevoked(cert, context);
  addCertRefused(cert, context);

  const bundle = group(program, 'bundle', 'inspect local bundles, or manage those on a running server', [
    'bundle upload my-bundle.raucb --activate',
    'bundle list',
    'bundle inspect my-bundle.raucb',
  ]);
  addBundleUpload(bundle, context);
  addBundleDownload(bundle, context);
  for (const add of [addBundleList, addBundleShow, addBundleInspect, addBundleActivate]) add(bundle, context);
  addBundleDeactivate(bundle, context);
  addBundleDelete(bundle, context);

  const release = group(program, 'release', 'manage what is current on the channels of a running server', [
    'release list',
    'release create fw-2.0.0.raucb --steps 5,25,100',
    'release back my-board',
  ]);
  addReleaseCommands(release, context);

  const rollout = group(program, 'rollout', 'control how releases reach their devices', [
    'rollout show 12',
    'rollout promote 12',
  ]);
  addRolloutCommands(rollout, context);

  const attention = group(program, 'attention', 'show what needs attention', ['attention list']);
  addAttentionCommands(attention, context);

  addEvents(program, context);

  const webhook = group(program, 'webhook', 'manage where events are sent', [
    'webhook create ops https://chat.example.com/hook --kind rollout.',
    'webhook list',
    'webhook deliveries ops --state gave-up',
  ]);
  addWebhookCommands(webhook, context);
  const device = group(program, 'device', 'manage the devices of a running server', [
    'device list --state failed',
    'device explain board-1',
    'device hold board-1 --reason "on the test bench"',
    'device kit board-1 --server-url https://updates.example.com:8443',
  ]);
  for (const add of deviceCommands) add(device, context);
  addDeviceKit(device, context);

  const token = group(program, 'token', 'manage admin tokens for people and CI jobs', [
    'token create ci --scope publish',
    'token list',
  ]);
  for (const add of [addTokenCreate, addTokenList, addTokenRevoke]) add(token, context);
  addCompletion(program, context);
  return program;
}

function group(program: Command, name: string, summary: string, examples: readonly string[]): Command {
  const command = program.command(name).description(summary);
  addExamples(command, examples);
  return command;
}

/**
 * Runs the command line.
 * @param argv as in `process.argv`: the first two are Node and the program
 * @returns the exit code, when everything printed has left: 0 done, 1 refused, 2 usage or configuration, 3 a wait timed out, 70 a bug
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
    await createProgram(context, isJson).parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!isDone(error)) {
      context.exitCode = reportFailure(context, error, { isJson, isDebug: isDebug(words, surroundings) });
    }
  }
  await output.flush();
  return context.exitCode;
}

/** The configuration itself may be what fails, so its words are looked for where they are given. */
function isDebug(words: readonly string[], { env }: Surroundings): boolean {
  const levels = ['debug', 'trace'];
  const at = words.indexOf('--log-level');
  const flag = at === -1 ? words.find((word) => word.startsWith('--log-level='))?.slice(12) : words[at + 1];
  return levels.includes(flag ?? env['LOG_LEVEL'] ?? '');
}

/**
 * A reader that went away (`| head`) is no failure of ours; an output that takes nothing (a full disk) is: the data that
 * was asked for is not there.
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
