import type { Command } from 'commander';
import { parseChannel } from '../../core/device';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';
import type { RequestOf } from '../../contract/request';
import type { deviceChangeBody } from '../../contract/device';

export function addDeviceChannel(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'channel <id> <channel>',
    summary: 'move a device to another channel',
    examples: ['device channel board-1 beta', 'device channel board-1 stable'],
    ask: (client, path, [channel = '']) =>
      client.patch<RequestOf<typeof deviceChangeBody>>(path, { channel: parseChannel(channel) }),
    tell: ({ channel }) => `it follows the channel ${channel}`,
  });
}
