import type { Command } from 'commander';
import type { deactivateCompatibleBody } from '../../contract/activation';
import type { RequestOf } from '../../contract/request';
import { parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { expectedReleaseOption } from '../release/release-options';

interface DeactivateFlags {
  readonly expectedRelease?: number;
}

export function addBundleDeactivate(bundle: Command, context: CliContext): void {
  addCommand<DeactivateFlags>(bundle, context, {
    usage: 'deactivate <compatible>',
    summary: 'stop offering updates to the devices of a compatible',
    options: [expectedReleaseOption],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle deactivate my-board', 'bundle deactivate my-board --expected-release 12'],
    run: async ({ args: [name = ''], options, config }) => {
      const compatible = parseCompatible(name);
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof deactivateCompatibleBody>>(
        `/deactivate/${encodeURIComponent(compatible)}`,
        { expected_release: options.expectedRelease },
      );
      if (options.json === true) printJson(context, answer);
      else {
        print(context, compatible);
        talk(context, 'it is no longer offered anything');
      }
      return 0;
    },
  });
}
