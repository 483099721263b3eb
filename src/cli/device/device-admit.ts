import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceAdmit(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'admit <id>',
    summary: 'admit a waiting device, so that it is offered bundles',
    details:
      'New devices wait for admission if NEW_DEVICES is "wait". List them with `device list --waiting`.',
    examples: ['device admit board-1'],
    ask: (client, path) => client.post(`${path}/admit`),
    tell: () => 'admitted',
  });
}
