import type { Command } from 'commander';
import { parseDeviceId } from '../../core/device';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { devicePath } from './device-action';

export function addDeviceForget(device: Command, context: CliContext): void {
  addCommand(device, context, {
    usage: 'forget <id>',
    summary: 'remove everything known about a device except its journal',
    details:
      'With a valid certificate the device comes back as a new one. To prevent that, revoke the certificate with `cert revoke`.',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device forget board-1'],
    run: async ({ args: [id = ''], options, config }) => {
      const path = devicePath(id);
      const client = await AdminClient.open(context, config);
      const answer = await client.delete(path);
      if (options.json === true) printJson(context, answer);
      else {
        print(context, parseDeviceId(id));
        talk(context, 'forgotten');
      }
      return 0;
    },
  });
}
