import type { Command } from 'commander';
import { counted } from '../../base/text/counted';
import { type PolicyJson, policyJson } from '../../contract/policy';
import { releaseDetailsJson } from '../../contract/release';
import type { MeantDevicesJson } from '../../contract/rollout';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { formatFacts, formatTable } from '../kernel/printable';
import { ServerRefusal } from '../kernel/server-refusal';
import { markedState } from '../kernel/state-mark';
import { findFormer, formerDetails } from './former-release';
import { parseReleaseId } from './release-options';
import { describeState, shownRelease } from './shown-release';
import { parseAnswer } from '../kernel/server-answer';

/** An older server lets every release downgrade, and start from any version. */
const shownDetails = shownRelease.extend({
  rollout: shownRelease.shape.rollout.extend({
    policy: policyJson.partial({ allow_downgrade: true, from: true }),
  }),
  progress: releaseDetailsJson.shape.progress.partial({ total: true }),
});

/** `release show` and `rollout show`: a release with its policy and its progress, step by step. */
export function addShow(parent: Command, noun: 'release' | 'rollout', context: CliContext): void {
  addCommand(parent, context, {
    usage: 'show <release>',
    summary:
      'show the policy and progress of a current release, step by step, or the result of a past release',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [`${noun} show 12`, `${noun} show 12 --json`],
    run: async ({ args, options, config }) => {
      const client = await AdminClient.open(context, config);
      const { answer, describe } = await findRelease(client, args);
      if (options.json === true) printJson(context, answer);
      else print(context, describe(answer));
      return 0;
    },
  });
}

/** Finds a former release in the history. @throws ServerRefusal `not-found` for one that never existed */
async function findRelease(client: AdminClient, args: readonly string[]) {
  try {
    return { answer: await client.get(releasePath(args)), describe: releaseDetails };
  } catch (error) {
    if (!(error instanceof ServerRefusal && error.code === 'not-found')) throw error;
    const answer = await findFormer(client, args);
    if (answer === undefined) throw error;
    return { answer, describe: formerDetails };
  }
}

function releaseDetails(answer: unknown): string {
  const release = parseAnswer(shownDetails, answer);
  const { progress, rollout } = release;
  const { policy } = rollout;
  const share = (percent: number | null) => (percent === null ? '-' : `${percent} %`);
  const facts = formatFacts([
    ['release', String(release.id)],
    ['bundle', release.bundle],
    ['for', `${release.compatible}, channel ${release.channel}`],
    ['rollout', describeState(release)],
    ['begins', policy.start_at ?? '-'],
    ['promote at', policy.promote_at_percent === null ? 'by hand' : share(policy.promote_at_percent)],
    ['pause at', pauseWords(policy)],
    ['at a time', String(policy.max_in_progress ?? '-')],
    ['window', policy.window ?? '-'],
    ['from', policy.from ?? '-'],
    ['downgrades', policy.allow_downgrade === true ? 'allowed' : '-'],
    ['in progress', String(progress.in_progress)],
    ['failed', `${counted(progress.failures_in_step, 'device')} in this step`],
    ...(progress.total === undefined ? [] : [['devices', devicesOf(progress.total)] as const]),
    ['next', progress.next],
  ]);
  const rows = progress.steps.map(({ step, devices, proven, installations }, index) => [
    `${index + 1}${index + 1 === rollout.step ? ' *' : ''}`,
    step,
    String(devices),
    String(proven),
    Object.entries(installations)
      .map(([state, count]) => `${count} ${markedState(state)}`)
      .join(', ') || '-',
  ]);
  return `${facts}\n\n${formatTable(['STEP', 'REACHES', 'DEVICES', 'PROVEN', 'INSTALLATIONS'], rows)}`;
}

function pauseWords({
  pause_at_failures: failures,
  pause_at_percent: percent,
}: Pick<PolicyJson, 'pause_at_failures' | 'pause_at_percent'>): string {
  const limits = [
    ...(failures === null ? [] : [counted(failures, 'failure')]),
    ...(percent === null ? [] : [`${percent} %`]),
  ];
  return limits.join(' or ') || '-';
}

/** The path of a release by its id, the first argument of a command. @throws DomainError `invalid-input` */
export function releasePath([id = '']: readonly string[]): string {
  return `/api/releases/${parseReleaseId(id)}`;
}

/** `40 of 42 proven, 1 silent; not waited for: 2 held, 1 pinned`. */
function devicesOf(total: MeantDevicesJson): string {
  const { devices, proven, silent, not_reached: unreached, held, pinned } = total;
  const open = namedCounts({ silent, 'not reached': unreached });
  const beside = namedCounts({ held, pinned });
  return `${[`${proven} of ${devices} proven`, ...open].join(', ')}${beside.length === 0 ? '' : `; not waited for: ${beside.join(', ')}`}`;
}

function namedCounts(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`]));
}
