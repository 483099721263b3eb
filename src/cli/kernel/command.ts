import path from 'node:path';
import { type Command, Option } from 'commander';
import { type Config, loadConfig } from '../../config/config';
import { findMisspelt } from '../../config/misspelt-variables';
import { flagName, getOption, type OptionKey } from '../../config/options';
import { flag } from '../../config/value-types/choice';
import { DomainError } from '../../core/errors';
import { findUnstorable } from '../../core/stored-text';
import { type CliContext, type ExitCode, talk, talkJson } from './context';

/** One run of a command. */
export interface Call<Options> {
  readonly context: CliContext;
  /** The arguments, in the order of the usage; commander has checked that the required ones are there. */
  readonly args: readonly string[];
  readonly options: Options & { readonly json?: boolean };
  readonly config: Config;
}

export interface CommandSpec<Options> {
  /** Name and arguments: `device <id>`. */
  readonly usage: string;
  readonly summary: string;
  /** More lines for the help, after the summary. */
  readonly details?: string;
  /** The command's own options. */
  readonly options?: readonly Option[];
  /** Options of the configuration that have a flag here. The others still apply from the environment and `.env`. */
  readonly configKeys: readonly OptionKey[];
  /** What to type, without the program's name. */
  readonly examples: readonly string[];
  run(call: Call<Options>): Promise<ExitCode | undefined>;
}

/** Adds a command to the program or to a group. Every command has `--json`, `--log-level`, `--help` and examples. */
export function addCommand<Options extends object>(
  parent: Command,
  context: CliContext,
  spec: CommandSpec<Options>,
): void {
  const command = parent
    .command(spec.usage)
    .summary(spec.summary)
    .description(spec.details === undefined ? spec.summary : `${spec.summary}\n\n${spec.details}`)
    .allowExcessArguments(false);
  for (const option of spec.options ?? []) command.addOption(option);
  command.option('--json', 'print JSON for scripts, including errors');
  const configKeys: readonly OptionKey[] = [...new Set<OptionKey>([...spec.configKeys, 'logLevel'])];
  for (const option of configKeys.flatMap(configOptions)) command.addOption(option);
  addExamples(command, spec.examples);
  command.action(async () => {
    const options = command.opts<Options & { json?: boolean }>();
    refuseUnstorable([...command.args, ...Object.values(options)]);
    warnOfMisspelt(context, options.json === true);
    const config = loadConfigOf(context, command.opts<Record<string, unknown>>(), configKeys);
    const exitCode = await spec.run({ context, args: command.args, options, config });
    context.exitCode = exitCode ?? 0;
  });
}

/** Adds a group of commands, such as `cert`, to the program. */
export function addGroup(
  program: Command,
  name: string,
  summary: string,
  examples: readonly string[],
): Command {
  const command = program.command(name).description(summary);
  addExamples(command, examples);
  return command;
}

export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((line) => `  $ rauc-simple-server ${line}`).join('\n')}`,
  );
}

/** The command line can also turn off a switch that the environment turned on. */
function configOptions(key: OptionKey): readonly Option[] {
  const { type, env, doc, default: defaultText } = getOption(key);
  const shown = [
    `${env} in the environment`,
    ...(defaultText === null || defaultText === '' ? [] : [`default ${defaultText}`]),
  ];
  const help = `${doc.replaceAll('`', '')} (${shown.join('; ')})`;
  if (type !== flag) {
    const option = new Option(`${flagName(key)} <${valueName(type.name)}>`, help);
    // Only for the help and the completion: the configuration validates a value, wherever it comes from.
    if (type.choices !== undefined) option.argChoices = [...type.choices];
    return [option];
  }
  return [
    new Option(flagName(key), help),
    new Option(flagName(key).replace('--', '--no-'), 'the opposite').hideHelp(),
  ];
}

function valueName(typeName: string): string {
  return typeName.includes(' ') ? 'word' : typeName;
}

/** @throws DomainError `configuration` */
function refuseUnstorable(given: readonly unknown[]): void {
  if (findUnstorable(given).length === 0) return;
  throw new DomainError('configuration', 'an argument contains a NUL or an unpaired surrogate', {
    remedy: 'Pass arguments as UTF-8 text.',
  });
}

/**
 * Without a warning, a misspelt variable would leave a default in force, such as an open port, and give no hint why.
 */
function warnOfMisspelt(context: CliContext, isJson: boolean): void {
  for (const { name, meant } of findMisspelt(dotenvPathOf(context))) {
    const warning = `${name} in .env has no effect; did you mean ${meant}?`;
    if (isJson) talkJson(context, { warning });
    else talk(context, `warning: ${warning}`);
  }
}

function dotenvPathOf({ surroundings }: CliContext): string {
  return path.join(surroundings.cwd, '.env');
}

/** Only flags of the configuration count: another command's `--compatible` is not the default compatible. */
function loadConfigOf(
  context: CliContext,
  given: Readonly<Record<string, unknown>>,
  keys: readonly OptionKey[],
): Config {
  const { surroundings } = context;
  return loadConfig({
    flags: Object.fromEntries(keys.map((key) => [key, given[key]])),
    env: surroundings.env,
    dotenvPath: dotenvPathOf(context),
    cwd: surroundings.cwd,
  });
}
