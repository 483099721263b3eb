import type { Command } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';
import type { RequestOf } from '../../contract/request';
import type { deviceChangeBody } from '../../contract/device';

export function addDeviceNote(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'note <id> <text>',
    summary: "replace a device's note",
    examples: ['device note board-1 "behind the second door, next to the window"', 'device note board-1 ""'],
    ask: (client, path, [notes = '']) => client.patch<RequestOf<typeof deviceChangeBody>>(path, { notes }),
    tell: ({ notes }) => (notes === '' ? 'note removed' : `note: ${notes}`),
  });
}
