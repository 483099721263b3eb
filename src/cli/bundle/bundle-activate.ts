import { type Command, Option } from 'commander';
import { activatedJson } from '../../contract/activation';
import { releaseJson } from '../../contract/release';
import { parseBundleName, parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { confirmRelease, mustConfirm, yesOption } from '../release/confirm-release';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { allowDowngradeOption, fromOption, policyFields } from '../release/policy-options';
import { shownEffect, tellReach, tellWarnings } from '../release/reach';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { activateBody } from '../../contract/activation';

const shownActivation = activatedJson.extend({
  release: releaseJson.pick({ compatible: true, bundle: true }),
  ...shownEffect,
});

interface Flags {
  readonly compatible?: string;
  readonly force?: boolean;
  readonly allowDowngrade?: boolean;
  readonly from?: string;
  readonly yes?: boolean;
}

export function addBundleActivate(bundle: Command, context: CliContext): void {
  addCommand<Flags>(bundle, context, {
    usage: 'activate <name>',
    summary: 'make a stored bundle current, so that devices are offered it',
    details:
      'Releases to all devices at once. On a terminal it asks for confirmation first, unless you give --yes.',
    options: [
      new Option(
        '--compatible <compatible>',
        'activate it for this compatible instead of the one in its manifest',
      ),
      new Option('--force', 'activate it even if its manifest names another compatible'),
      fromOption,
      allowDowngradeOption,
      yesOption,
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'bundle activate my-bundle.raucb',
      'bundle activate secret.raucb --compatible my-board',
      "bundle activate fw-11.raucb --from '>=10.4 <11'",
    ],
    run: async ({ args: [name = ''], options, config }) => {
      const bundleName = parseBundleName(name);
      const target =
        options.compatible === undefined ? {} : { compatible: parseCompatible(options.compatible) };
      const input: RequestOf<typeof activateBody> = {
        force: options.force,
        ...(options.from === undefined ? {} : policyFields({ from: options.from })),
        allow_downgrade: options.allowDowngrade,
      };
      const client = await AdminClient.open(context, config);
      const request = { bundle: bundleName, ...target, ...input };
      if (mustConfirm(context, options) && !(await confirmRelease(context, client, request))) return 1;
      const path = [...Object.values(target), bundleName].map(encodeURIComponent).join('/');
      const answer = await client.post<RequestOf<typeof activateBody>>(`/activate/${path}`, input);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { release, changed, reach, warnings } = parseAnswer(shownActivation, answer);
      print(context, `${release.compatible}  ${release.bundle}`);
      if (!changed) talk(context, 'it was already current');
      tellReach(context, reach);
      tellWarnings(context, warnings);
      return 0;
    },
  });
}
