import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceClear(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'clear <id>',
    summary: 'let a device retry bundles that failed, were cancelled, or were downloaded but not installed',
    examples: ['device clear board-1'],
    ask: (client, path) => client.post(`${path}/clear`),
    tell: () => 'bundles that failed or were cancelled may be tried again',
  });
}
