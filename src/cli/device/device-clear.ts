import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceClear(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'clear <id>',
    summary:
      'let bundles be tried again on a device that failed, were called off, or were downloaded there in vain',
    examples: ['device clear board-1'],
    ask: (client, path) => client.post(`${path}/clear`),
    tell: () => 'what failed or was called off may be tried again',
  });
}
