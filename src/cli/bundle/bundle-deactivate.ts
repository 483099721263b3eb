import type { Command } from 'commander';
import { parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';

export function addBundleDeactivate(bundle: Command, context: CliContext): void {
  addCommand(bundle, context, {
    usage: 'deactivate <compatible>',
    summary: 'stop offering updates to the devices of a compatible',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle deactivate my-board'],
    run: async ({ args: [name = ''], options, config }) => {
      const compatible = parseCompatible(name);
      const client = await AdminClient.open(context, config);
      const answer = await client.post(`/deactivate/${encodeURIComponent(compatible)}`);
      if (options.json === true) printJson(context, answer);
      else {
        print(context, compatible);
        talk(context, 'it is no longer offered anything');
      }
      return 0;
    },
  });
}
