import { type Command, Option } from 'commander';
import { deviceJson } from '../../contract/device';
import { parseChannel, parseDeviceId, parseLabel } from '../../core/device';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { collect } from '../cert/issue-options';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { newDeviceBody } from '../../contract/device';

interface Flags {
  readonly channel?: string;
  readonly label?: readonly string[];
  readonly note?: string;
}

export function addDeviceCreate(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'create <id>',
    summary: 'create a device before its first contact; it is admitted',
    details:
      'The id is the common name of its certificate. Devices that contact the server without this are added automatically.',
    options: [
      new Option('--channel <channel>', 'channel to follow (default stable)'),
      new Option('--label <label>', 'label; repeatable').argParser(collect),
      new Option('--note <text>', 'free-text note'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'device create board-1',
      'device create board-1 --channel beta --label lab --label site=berlin',
    ],
    run: async ({ args: [id = ''], options, config }) => {
      const { channel, label, note } = options;
      const input: RequestOf<typeof newDeviceBody> = {
        id: parseDeviceId(id),
        channel: channel === undefined ? undefined : parseChannel(channel),
        labels: label?.map(parseLabel),
        notes: note,
      };
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof newDeviceBody>>('/api/devices', input);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const made = parseAnswer(deviceJson.pick({ id: true, channel: true }), answer);
      print(context, made.id);
      talk(context, `created; it follows the channel ${made.channel}`);
      return 0;
    },
  });
}
