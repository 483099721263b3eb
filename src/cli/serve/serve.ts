import { inspect } from 'node:util';
import type { Command } from 'commander';
import { quoteWord } from '../../base/text/quote-word';
import type { Config } from '../../config/config';
import { flagName, getOption, optionKeys } from '../../config/options';
import { DomainError } from '../../core/errors';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, print, printJson, shownPath, talk } from '../kernel/context';
import { isSystemError } from '../kernel/failure';
import { formatFacts } from '../kernel/printable';
import type { StopSignal } from '../kernel/surroundings';
import type { RunningServer } from '../kernel/wiring';

/** What shells report for a program that a signal ended. */
const exitCodeOf: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

export function addServe(program: Command, context: CliContext): void {
  addCommand(program, context, {
    usage: 'serve',
    summary: 'start the server',
    details:
      'Creates what is missing (CA, server certificate, data folder), prints where it listens, and runs until SIGINT or SIGTERM. A second signal stops it immediately. Exits with 70 after an internal error, or if the disk loses written data; have your service manager restart it.',
    configKeys: optionKeys.filter((key) => getOption(key).scope === 'server'),
    examples: [
      'serve',
      'serve --server-url https://updates.example.com:8443 --compatible my-board',
      'serve --bundle-keyring /etc/rauc/keyring.pem --data-dir /srv/rauc/data --certs-dir /srv/rauc/certs',
    ],
    run: async ({ config, options }) => {
      const stop = stopSignal(context);
      const crashes = watchCrashes(context);
      try {
        const server = await Promise.race([startServer(context, config), crashes.first]).catch(
          (error: unknown) => {
            const crash = crashes.found();
            if (crash === undefined) throw error;
            return crash;
          },
        );
        if ('error' in server) return endAfterCrash(context, server.error);
        crashes.tell((error) => server.crashed(error));
        printBanner(context, config, server, options.json === true);
        const end = await Promise.race([stop.received, crashes.first]);
        if (typeof end === 'object') return await closeAfterCrash(context, server, end.error);
        talk(
          context,
          `${end}: shutting down; running downloads have ${config.shutdownGrace / 1000} s to finish`,
        );
        await server.close();
      } finally {
        stop.forget();
      }
      return 0;
    },
  });
}

/** Listens before the start, so that no signal is lost; the second one ends the process. */
function stopSignal({ surroundings }: CliContext): { received: Promise<StopSignal>; forget: () => void } {
  let forget: () => void = () => undefined;
  const received = new Promise<StopSignal>((resolve) => {
    let isFirst = true;
    forget = surroundings.onStopSignal((signal) => {
      if (!isFirst) {
        forget(); // a thread that hangs in a system call would delay even this exit: the next signal ends the process
        surroundings.exit(exitCodeOf[signal]);
      }
      isFirst = false;
      resolve(signal);
    });
  });
  return { received, forget };
}

interface Crash {
  readonly error: unknown;
}

interface Crashes {
  /** Resolves at the first uncaught exception. */
  readonly first: Promise<Crash>;
  /** The first one, if there was any. */
  readonly found: () => Crash | undefined;
  /** Sets the function that records them from now on: more may follow while the server closes. */
  readonly tell: (note: (error: unknown) => void) => void;
}

/** Listens before the start: a thread may fail while the server starts. */
function watchCrashes({ surroundings }: CliContext): Crashes {
  const before: unknown[] = [];
  let note: ((error: unknown) => void) | undefined;
  const first = new Promise<Crash>((resolve) => {
    surroundings.onUncaughtException((error) => {
      if (note === undefined) before.push(error);
      else note(error);
      resolve({ error });
    });
  });
  return {
    first,
    found: () => (before.length === 0 ? undefined : { error: before[0] }),
    tell(listener) {
      note = listener;
      for (const error of before.splice(0)) listener(error);
    },
  };
}

/** After an uncaught exception closing may hang, so it gets only this long, in milliseconds. */
const crashGraceMs = 5_000;

/** Lets acknowledged changes reach the disk, then ends the process, once, with 70. */
async function closeAfterCrash(
  context: CliContext,
  server: RunningServer,
  error: unknown,
): Promise<ExitCode> {
  const { surroundings } = context;
  sayCrash(context, error);
  const timer = setTimeout(() => surroundings.exit(70), crashGraceMs);
  await server.close(crashGraceMs / 5).catch(() => undefined);
  clearTimeout(timer);
  surroundings.exit(70); // the failed part may keep the process alive
  return 70;
}

/** Ends the process at once. Nothing was acknowledged yet, and the next start finds the disk as after a power cut. */
function endAfterCrash(context: CliContext, error: unknown): ExitCode {
  sayCrash(context, error);
  if (!(error instanceof DomainError)) talk(context, inspect(error)); // there may be no log yet
  context.surroundings.exit(70);
  return 70;
}

function sayCrash(context: CliContext, error: unknown): void {
  if (error instanceof DomainError) {
    talk(context, `error: ${error.message}. Shutting down.`); // the disk failed, and the server cannot run without it
    if (error.remedy !== undefined) talk(context, `hint: ${error.remedy}`);
  } else {
    talk(context, 'error: this is a bug in rauc-simple-server: see the log above. Shutting down.');
  }
}

/** A failure to start is for the user who started the server to fix: exit code 2. */
async function startServer({ wiring }: CliContext, config: Config): Promise<RunningServer> {
  try {
    return await wiring.serve(config);
  } catch (error) {
    if (error instanceof DomainError && error.code !== 'configuration') {
      const { remedy, details } = error;
      throw new DomainError('configuration', error.message, {
        cause: error,
        ...(remedy === undefined ? {} : { remedy }),
        ...(details === undefined ? {} : { details }),
      });
    }
    if (isSystemError(error)) {
      const reason = error instanceof Error ? error.message : 'the operating system refused';
      throw new DomainError('configuration', `cannot start the server: ${reason}`, { cause: error });
    }
    throw error;
  }
}

function printBanner(context: CliContext, config: Config, server: RunningServer, isJson: boolean): void {
  const next = nextCommand(context, config);
  if (isJson) {
    printJson(context, {
      admin_url: server.adminUrl,
      device_url: server.deviceUrl,
      hawkbit_url: server.hawkbitUrl,
      certificate_names: server.certificateNames,
      made: server.made,
      data_dir: config.dataDir,
      certs_dir: config.certsDir,
      warnings: server.warnings,
      lacks_token: server.lacksToken,
      next,
    });
    return;
  }
  const facts = formatFacts([
    ['  Dashboard', server.adminUrl],
    ['  Devices', `${server.deviceUrl}  (with a client certificate)`],
    ...(server.hawkbitUrl === null
      ? []
      : [['  hawkBit clients', `${server.hawkbitUrl}  (with a token)`] as const]),
    ['  Certificate for', server.certificateNames.join(', ')],
    ['  Data', config.dataDir],
    ['  Certificates', config.certsDir],
  ]);
  const made = server.made.map((sentence) => `  ${sentence}\n`).join('');
  const warnings = server.warnings.map((sentence) => `\nwarning: ${sentence}\n`).join('');
  const token = server.lacksToken
    ? `\nThe dashboard needs an admin token, and none exists yet. Create one in a second terminal:\n\n  ${command(context, config, 'token create me --scope admin', 'dataDir')}\n`
    : '';
  print(
    context,
    `RAUC Simple Server ${context.surroundings.version} is running\n\n${facts}\n${made === '' ? '' : `\nCreated:\n${made}`}${warnings}${token}\n` +
      `Next, in a second terminal, create a certificate for a device:\n\n  ${next}\n\nPress Ctrl+C to stop the server.`,
  );
}

function nextCommand(context: CliContext, config: Config): string {
  return command(context, config, 'cert device board-1', 'certsDir');
}

/** A command for a second terminal in the same folder: it needs the flags that this one got. */
function command(context: CliContext, config: Config, words: string, folder: 'certsDir' | 'dataDir'): string {
  const line = `${context.surroundings.command} ${words}`;
  if (config.sources[folder] !== 'flag') return line;
  return `${line} ${flagName(folder)} ${quoteWord(shownPath(context, config[folder]))}`;
}
