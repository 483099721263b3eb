import type { CommandWords } from './command-words';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const program = 'rauc-simple-server';

/** A script that a shell reads once when it starts; completing runs nothing else. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case 'fish':
      return fishScript(commands);
  }
}

/** None of our words has a character that is special to a shell. */
function bashScript(commands: readonly CommandWords[]): string {
  const paths = commands.flatMap(({ path, subcommands }) => subcommands.map((name) => `"${path} ${name}"`));
  const choices = commands.flatMap(({ path, choices: own }) =>
    own.map(([option, words]) => `    "${path} ${option}") words="${words.join(' ')}" ;;`),
  );
  const words = commands.map(
    ({ path, subcommands, options }) => `    "${path}") words="${[...subcommands, ...options].join(' ')}" ;;`,
  );
  return [
    '_rauc_simple_server() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local path="" words="" i',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    case "$path ${COMP_WORDS[i]}" in',
    `    ${paths.join(' | ')})`,
    '      path="${path:+$path }${COMP_WORDS[i]}" ;;',
    '    esac',
    '  done',
    '  case "$path $before" in',
    ...choices,
    '  esac',
    '  if [ -z "$words" ]; then',
    '    case "$path" in',
    ...words.map((line) => `  ${line}`),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    `complete -o default -F _rauc_simple_server ${program}`,
  ].join('\n');
}

function fishScript(commands: readonly CommandWords[]): string {
  const at = ({ path }: CommandWords) =>
    path === '' ? '__fish_use_subcommand' : `__rauc_simple_server_at ${path}`;
  const lines = commands.flatMap((command) => {
    const line = `complete -c ${program} -n '${at(command)}'`;
    const { subcommands, options, choices } = command;
    return [
      ...subcommands.map((name) => `${line} -f -a ${name}`),
      ...options.map((option) => {
        const words = choices.find(([name]) => name === option)?.[1];
        return `${line} -l ${option.slice(2)}${words === undefined ? '' : ` -x -a '${words.join(' ')}'`}`;
      }),
    ];
  });
  return [
    'function __rauc_simple_server_at',
    "  set -l typed (string match -v -- '-*' (commandline -opc)[2..-1])",
    '  test "$typed[1..(count $argv)]" = "$argv"',
    'end',
    ...lines,
  ].join('\n');
}
