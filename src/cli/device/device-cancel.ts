import type { Command } from 'commander';
import { lookOf } from '../../contract/state-looks';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceCancel(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'cancel <id>',
    summary: "call a device's installation off",
    details:
      'The bundle is not offered to it again until `device clear`. What the device has begun it may still finish.',
    examples: ['device cancel board-1'],
    ask: (client, path) => client.post(`${path}/cancel`),
    tell: ({ installation }) =>
      installation === null ? 'called off' : `${installation.bundle}: ${lookOf(installation.state).word}`,
  });
}
