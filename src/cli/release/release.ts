import { type Command, Option } from 'commander';
import { z } from 'zod';
import { parseBundleName, parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand, addGroup } from '../kernel/command';
import { confirmRelease, mustConfirm, yesOption } from './confirm-release';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { type PolicyFlags, policyFields, policyOptions } from './policy-options';
import { printTable } from '../kernel/print-table';
import { formatInstant } from '../kernel/printable';
import { shownEffect, tellReach, tellWarnings } from './reach';
import { addBack } from './release-back';
import { addHistory } from './release-history';
import { expectedReleaseOption, type FilterFlags, filterOptions, filterQuery } from './release-options';
import { addShow } from './release-show';
import { addUndo } from './release-undo';
import { describeState, shownRelease } from './shown-release';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { deactivateBody, newReleaseBody } from '../../contract/release';

const shownReleases = z.object({ releases: z.array(shownRelease) });
const configKeys = ['server', 'token', 'tokenFile'] as const;
const channelOption = new Option('--channel <channel>', 'channel (default stable)');

interface ChannelFlags {
  readonly channel?: string;
}

interface DeactivateFlags extends ChannelFlags {
  readonly expectedRelease?: number;
}

/** `release list|show|create|back|undo|deactivate|history` */
export function addReleaseCommands(program: Command, context: CliContext): void {
  const release = addGroup(program, 'release', 'manage what is current on the channels of a running server', [
    'release list',
    'release create fw-2.0.0.raucb --steps 5,25,100',
    'release back my-board',
  ]);
  addList(release, context);
  addShow(release, 'release', context);
  addCreate(release, context);
  addBack(release, context);
  addUndo(release, context);
  addDeactivate(release, context);
  addHistory(release, context);
}

function addList(release: Command, context: CliContext): void {
  addCommand<FilterFlags>(release, context, {
    usage: 'list',
    summary: 'list current releases by compatible and channel, and where their rollouts stand',
    options: filterOptions,
    configKeys,
    examples: ['release list', 'release list --compatible my-board --json'],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`/api/releases?${filterQuery(options)}`);
      if (options.json === true) printJson(context, answer);
      else printTable(context, releaseColumns, releaseRows(answer));
      return 0;
    },
  });
}

const releaseColumns = ['ID', 'COMPATIBLE', 'CHANNEL', 'BUNDLE', 'VERSION', 'ROLLOUT', 'RELEASED'];

function releaseRows(answer: unknown): readonly (readonly string[])[] {
  return parseAnswer(shownReleases, answer).releases.map((release) => [
    String(release.id),
    release.compatible,
    release.channel,
    release.bundle,
    release.version ?? '-',
    describeState(release),
    formatInstant(release.released_at),
  ]);
}

interface CreateFlags extends PolicyFlags {
  readonly compatible?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
}

function addCreate(release: Command, context: CliContext): void {
  addCommand<CreateFlags>(release, context, {
    usage: 'create <bundle>',
    summary: 'make a stored bundle current on a channel, with a rollout policy',
    details: 'On a terminal it asks before releasing to all devices at once, unless you give --yes.',
    options: [
      new Option(
        '--compatible <compatible>',
        'activate it for this compatible instead of the one in its manifest',
      ),
      new Option('--force', 'activate it even if its manifest names another compatible'),
      ...policyOptions,
      yesOption,
    ],
    configKeys,
    examples: [
      'release create fw-2.0.0.raucb',
      'release create fw-2.0.0.raucb --steps 5,25,100 --promote-at 90 --pause-at-failures 3',
      'release create fw-2.1.0-rc1.raucb --channel beta --steps group:lab,100',
      "release create fw-12.0.raucb --from '>=10.4 <12'",
    ],
    run: async ({ args: [name = ''], options, config }) => {
      const body: RequestOf<typeof newReleaseBody> = {
        bundle: parseBundleName(name),
        compatible: options.compatible === undefined ? undefined : parseCompatible(options.compatible),
        force: options.force,
        ...policyFields(options),
      };
      const client = await AdminClient.open(context, config);
      if (mustConfirm(context, options) && !(await confirmRelease(context, client, body))) return 1;
      const answer = await client.post<RequestOf<typeof newReleaseBody>>('/api/releases', body);
      if (options.json === true) printJson(context, answer);
      else {
        tell(context, answer);
        const { reach, warnings } = parseAnswer(z.object(shownEffect), answer);
        tellReach(context, reach);
        tellWarnings(context, warnings);
      }
      return 0;
    },
  });
}

function addDeactivate(release: Command, context: CliContext): void {
  addCommand<DeactivateFlags>(release, context, {
    usage: 'deactivate <compatible>',
    summary: 'stop offering updates on a channel of a compatible',
    options: [channelOption, expectedReleaseOption],
    configKeys,
    examples: [
      'release deactivate my-board --channel beta',
      'release deactivate my-board --expected-release 12',
    ],
    run: async ({ args: [name = ''], options, config }) => {
      const compatible = parseCompatible(name);
      const answer = await (
        await AdminClient.open(context, config)
      ).post<RequestOf<typeof deactivateBody>>('/api/releases/deactivate', {
        compatible,
        channel: options.channel,
        expected_release: options.expectedRelease,
      });
      if (options.json === true) printJson(context, answer);
      else {
        print(context, compatible);
        talk(context, `nothing is offered on ${options.channel ?? 'stable'} now`);
      }
      return 0;
    },
  });
}

function tell(context: CliContext, answer: unknown): void {
  const release = parseAnswer(shownRelease, answer);
  print(context, `${release.id}  ${release.compatible}  ${release.channel}  ${release.bundle}`);
  talk(context, describeState(release));
}
