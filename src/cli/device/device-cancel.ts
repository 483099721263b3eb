import { type Command, Option } from 'commander';
import type { cancelBody } from '../../contract/device-action';
import type { RequestOf } from '../../contract/request';
import { lookOf } from '../../contract/state-looks';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';

export function addDeviceCancel(device: Command, context: CliContext): void {
  addDeviceAction<{ readonly force?: boolean }>(device, context, {
    usage: 'cancel <id>',
    summary: "cancel a device's installation",
    details:
      'The bundle is not offered to it again until `device clear`. An installation that has already begun may still finish. If the device never answers, --force ends one that is being cancelled; the device is not told.',
    options: [new Option('--force', 'stop waiting for the device to answer')],
    examples: ['device cancel board-1', 'device cancel board-1 --force'],
    ask: (client, path, _, { force = false }) =>
      client.post<RequestOf<typeof cancelBody>>(`${path}/cancel`, { force }),
    tell: ({ installation }) =>
      installation === null ? 'cancelled' : `${installation.bundle}: ${lookOf(installation.state).word}`,
  });
}
