import type { Command } from 'commander';
import { DomainError } from '../../core/errors';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { commandWords } from './command-words';
import { completionScript, shells } from './scripts';

export function addCompletion(program: Command, context: CliContext): void {
  addCommand(program, context, {
    usage: 'completion <shell>',
    summary: 'print a completion script for bash, zsh or fish',
    configKeys: [],
    examples: [
      'completion bash > /etc/bash_completion.d/rauc-simple-server',
      'completion zsh >> ~/.zshrc',
      'completion fish > ~/.config/fish/completions/rauc-simple-server.fish',
    ],
    run: ({ args: [wanted], options }) => {
      const shell = shells.find((one) => one === wanted);
      if (shell === undefined) {
        throw new DomainError('configuration', `no completion for ${JSON.stringify(wanted)}`, {
          remedy: `Use one of ${shells.join(', ')}.`,
        });
      }
      const script = completionScript(shell, commandWords(program));
      if (options.json === true) printJson(context, { shell, script });
      else print(context, script);
      return Promise.resolve(0);
    },
  });
}
