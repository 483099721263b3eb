import type { Command } from 'commander';

/** What can be typed after a command. */
export interface CommandWords {
  /** Without the program's name: `device list`; empty for the program itself. */
  readonly path: string;
  readonly subcommands: readonly string[];
  /** Including their dashes. */
  readonly options: readonly string[];
  /** The allowed words by option, for options that take one of a few. */
  readonly choices: readonly (readonly [option: string, words: readonly string[]])[];
}

/** Every command of the program, starting with the program itself. */
export function commandWords(command: Command, path: readonly string[] = []): readonly CommandWords[] {
  const shown = command.options.filter((option) => !option.hidden);
  const options = [...shown.flatMap(({ long }) => long ?? []), '--help'];
  const choices = shown.flatMap(({ long, argChoices }) =>
    long == null || argChoices === undefined ? [] : [[long, argChoices] as const],
  );
  const subcommands = command.commands.map((child) => child.name());
  return [
    { path: path.join(' '), subcommands, options, choices },
    ...command.commands.flatMap((child) => commandWords(child, [...path, child.name()])),
  ];
}
