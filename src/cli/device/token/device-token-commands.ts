import type { Command } from 'commander';
import { addGroup } from '../../kernel/command';
import type { CliContext } from '../../kernel/context';
import { addDeviceTokenCreate } from './device-token-create';
import { addDeviceTokenImport } from './device-token-import';
import { addDeviceTokenRemove } from './device-token-remove';
import { addDeviceTokenRotate } from './device-token-rotate';
import { addDeviceTokenShow } from './device-token-show';

export function addDeviceTokenCommands(device: Command, context: CliContext): void {
  const token = addGroup(device, 'token', "manage the tokens of hawkBit's clients on HAWKBIT_PORT", [
    'device token create board-1',
    'device token rotate --gateway --overlap 14d',
    'device token import targets.csv',
  ]);
  for (const add of [
    addDeviceTokenShow,
    addDeviceTokenCreate,
    addDeviceTokenRotate,
    addDeviceTokenRemove,
    addDeviceTokenImport,
  ])
    add(token, context);
}
