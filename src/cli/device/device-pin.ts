import type { Command } from 'commander';
import { parseBundleName } from '../../core/bundle';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';
import type { RequestOf } from '../../contract/request';
import type { pinBody } from '../../contract/device-action';

export function addDevicePin(device: Command, context: CliContext): void {
  addDeviceAction(device, context, {
    usage: 'pin <id> <bundle>',
    summary: 'offer a device this bundle, whatever its channel offers',
    details: 'While pinned, the device ignores rollouts. A hold still applies.',
    examples: ['device pin board-1 my-bundle.raucb'],
    ask: (client, path, [bundle = '']) =>
      client.post<RequestOf<typeof pinBody>>(`${path}/pin`, { bundle: parseBundleName(bundle) }),
    tell: ({ id, pin }) => `pinned to ${pin?.bundle ?? 'nothing'} until \`device unpin ${id}\``,
  });
}
