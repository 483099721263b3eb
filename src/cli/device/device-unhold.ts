import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceUnhold(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'unhold <id>',
    summary: 'lift the hold on a device',
    examples: ['device unhold board-1'],
    ask: (client, path) => client.post(`${path}/unhold`),
    tell: () => 'no longer on hold',
  });
}
