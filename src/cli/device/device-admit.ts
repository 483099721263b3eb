import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceAdmit(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'admit <id>',
    summary: 'let a waiting device have bundles',
    details: 'Devices wait where NEW_DEVICES is "wait": `device list --waiting` shows them.',
    examples: ['device admit board-1'],
    ask: (client, path) => client.post(`${path}/admit`),
    tell: () => 'admitted',
  });
}
