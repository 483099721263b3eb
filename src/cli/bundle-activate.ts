import { type Command, Option } from 'commander';
import { parseBundleName, parseCompatible } from '../core/bundle';
import { AdminClient } from './admin-client';
import { activateAnswer } from './bundle-answers';
import { addCommand } from './command';
import { type CliContext, print, printJson, talk } from './context';
import { allowDowngradeOption } from './policy-options';
import { tellReach } from './reach';
import { parseAnswer } from './server-answer';

interface Flags {
  readonly compatible?: string;
  readonly force?: boolean;
  readonly allowDowngrade?: boolean;
}

export function addBundleActivate(bundle: Command, context: CliContext): void {
  addCommand<Flags>(bundle, context, {
    usage: 'activate <name>',
    summary: 'make a stored bundle current, so that devices are offered it',
    options: [
      new Option('--compatible <compatible>', 'for this compatible instead of that of its manifest'),
      new Option('--force', 'although its manifest names another compatible'),
      allowDowngradeOption,
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle activate my-bundle.raucb', 'bundle activate secret.raucb --compatible my-board'],
    run: async ({ args: [name = ''], options, config }) => {
      const segments = [
        ...(options.compatible === undefined ? [] : [parseCompatible(options.compatible)]),
        parseBundleName(name),
      ];
      const client = await AdminClient.open(context, config);
      const path = `/activate/${segments.map(encodeURIComponent).join('/')}`;
      const answer = await client.post(path, {
        ...(options.force === true ? { force: true } : {}),
        ...(options.allowDowngrade === true ? { allow_downgrade: true } : {}),
      });
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { release, changed, reach } = parseAnswer(activateAnswer, answer);
      print(context, `${release.compatible}  ${release.bundle}`);
      if (!changed) talk(context, 'it was current already');
      tellReach(context, reach);
      return 0;
    },
  });
}
