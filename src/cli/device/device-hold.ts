import { type Command, Option } from 'commander';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';
import type { RequestOf } from '../../contract/request';
import type { reasonBody } from '../../contract/request-fields';

export function addDeviceHold(device: Command, context: CliContext): void {
  addDeviceAction<{ readonly reason?: string }>(device, context, {
    usage: 'hold <id>',
    summary: 'put a device on hold: offer it nothing until the hold is lifted',
    options: [new Option('--reason <text>', 'reason to record')],
    examples: ['device hold board-1 --reason "on the test bench"'],
    ask: (client, path, _args, { reason }) =>
      client.post<RequestOf<typeof reasonBody>>(`${path}/hold`, { reason }),
    tell: ({ id }) => `on hold: it is offered nothing until \`device unhold ${id}\``,
  });
}
