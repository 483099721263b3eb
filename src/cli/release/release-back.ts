import { type Command, Option } from 'commander';
import { backTargetJson } from '../../contract/release-history';
import { parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { describeResult, describeState, shownRelease } from './shown-release';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { goBackBody } from '../../contract/release-history';

const shownTarget = backTargetJson.pick({ release_id: true, bundle: true, result: true });

interface BackFlags {
  readonly channel?: string;
  readonly unproven?: boolean;
  readonly resume?: boolean;
  readonly dryRun?: boolean;
}

/**
 * `release back`: looks at the release first, so that if two people go back at the same time, one of them is refused.
 */
export function addBack(release: Command, context: CliContext): void {
  addCommand<BackFlags>(release, context, {
    usage: 'back <compatible>',
    summary: 'bring back the previous release as it was, with its policy and at its step',
    details: [
      'Skips aborted releases, and shows where the previous release stood and how it ended. A paused release stays paused.',
      'Devices whose poller installs only higher versions keep what they have: switch their poller to different-version, or install by hand.',
    ].join('\n'),
    options: [
      new Option('--channel <channel>', 'channel (default stable)'),
      new Option('--unproven', 'go back even to a bundle that no device has proven'),
      new Option('--resume', 'resume it if it was paused; failures so far are accepted'),
      new Option('--dry-run', 'show what would come back, and change nothing'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'release back my-board --dry-run',
      'release back my-board',
      'release back my-board --channel beta',
    ],
    run: async ({ args: [name = ''], options, config }) => {
      const { channel, unproven, resume } = options;
      const place = { compatible: parseCompatible(name), ...(channel === undefined ? {} : { channel }) };
      const client = await AdminClient.open(context, config);
      const preview = await client.get(`/api/releases/back?${new URLSearchParams(place).toString()}`);
      const target = parseAnswer(shownTarget, preview);
      talk(context, `${target.bundle} (release ${target.release_id}): ${describeResult(target.result)}`);
      if (target.result.reason !== null) talk(context, `reason: ${target.result.reason}`);
      if (options.dryRun === true) {
        if (options.json === true) printJson(context, preview);
        else print(context, target.bundle);
        return 0;
      }
      const answer = await client.post<RequestOf<typeof goBackBody>>('/api/releases/back', {
        compatible: place.compatible,
        channel,
        expected_release: target.release_id,
        unproven,
        resume,
      });
      if (options.json === true) printJson(context, answer);
      else {
        const back = parseAnswer(shownRelease, answer);
        print(context, `${back.id}  ${back.compatible}  ${back.channel}  ${back.bundle}`);
        talk(context, describeState(back));
      }
      return 0;
    },
  });
}
