import type { Command } from 'commander';
import { sourceNames, type Config } from '../../config/config';
import { getOption, optionKeys, type OptionKey } from '../../config/options';
import { showOption } from '../../config/shown-options';
import { addCommand, addGroup } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { formatTable } from '../kernel/printable';

/** `config show` */
export function addConfigCommands(program: Command, context: CliContext): void {
  const config = addGroup(program, 'config', 'show the configuration', ['config show']);
  addCommand(config, context, {
    usage: 'show',
    summary: 'print the configuration and where each value comes from; secrets are hidden',
    configKeys: optionKeys,
    examples: ['config show', 'config show --json', 'config show --device-port 9443'],
    run: ({ config: loaded, options }) => {
      if (options.json === true) printJson(context, { options: optionKeys.map((key) => entry(loaded, key)) });
      else print(context, table(loaded));
      return Promise.resolve(0);
    },
  });
}

function entry(config: Config, key: OptionKey): object {
  const { env, secret = false, unit } = getOption(key);
  const value = config[key];
  return {
    variable: env,
    ...(secret ? { is_set: value !== null } : { value }),
    ...(unit === undefined ? {} : { unit }),
    source: config.sources[key],
  };
}

function table(config: Config): string {
  const rows = optionKeys.map((key) => [
    getOption(key).env,
    shownValue(config, key),
    sourceNames[config.sources[key]],
  ]);
  return formatTable(['VARIABLE', 'VALUE', 'FROM'], rows);
}

function shownValue(config: Config, key: OptionKey): string {
  const { value, isSet, isSecret } = showOption(config, key);
  return isSecret && isSet ? '••••' : (value ?? '-');
}
