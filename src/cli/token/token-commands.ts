import type { Command } from 'commander';
import { addGroup } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { addTokenCreate } from './token-create';
import { addTokenList } from './token-list';
import { addTokenRevoke } from './token-revoke';

export function addTokenCommands(program: Command, context: CliContext): void {
  const token = addGroup(program, 'token', 'manage admin tokens for people and CI jobs', [
    'token create ci --scope publish',
    'token list',
  ]);
  for (const add of [addTokenCreate, addTokenList, addTokenRevoke]) add(token, context);
}
