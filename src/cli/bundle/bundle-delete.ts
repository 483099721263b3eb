import { type Command, Option } from 'commander';
import { parseBundleName } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import type { RequestOf } from '../../contract/request';
import type { deleteBundleBody } from '../../contract/bundle';

export function addBundleDelete(bundle: Command, context: CliContext): void {
  addCommand<{ readonly force?: boolean }>(bundle, context, {
    usage: 'delete <name>',
    summary: 'delete a stored bundle that is not current anywhere',
    details: 'The name stays reserved for this content: only the same file can be uploaded under it again.',
    options: [new Option('--force', 'delete it even if devices are installing it or are pinned to it')],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle delete my-bundle.raucb'],
    run: async ({ args: [given = ''], options, config }) => {
      const name = parseBundleName(given);
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof deleteBundleBody>>(
        `/delete/${encodeURIComponent(name)}`,
        { force: options.force },
      );
      if (options.json === true) printJson(context, answer);
      else {
        print(context, name);
        talk(context, 'deleted');
      }
      return 0;
    },
  });
}
