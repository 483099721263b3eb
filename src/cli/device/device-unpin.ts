import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceUnpin(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'unpin <id>',
    summary: 'unpin a device, so that it follows its channel again',
    examples: ['device unpin board-1'],
    ask: (client, path) => client.post(`${path}/unpin`),
    tell: ({ channel }) => `it follows the channel ${channel}`,
  });
}
