import type { Command } from 'commander';
import { lookOf } from '../../contract/state-looks';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceCancel(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'cancel <id>',
    summary: "call off a device's installation",
    details:
      'The bundle is not offered to it again until `device clear`. An installation that has already begun may still finish.',
    examples: ['device cancel board-1'],
    ask: (client, path) => client.post(`${path}/cancel`),
    tell: ({ installation }) =>
      installation === null ? 'called off' : `${installation.bundle}: ${lookOf(installation.state).word}`,
  });
}
