import { Option } from 'commander';
import { releasePreviewJson } from '../../contract/release';
import { parseSteps } from '../../core/rollout-policy';
import type { AdminClient } from '../kernel/admin-client';
import { ask, canAsk } from '../kernel/ask';
import { type CliContext, talk } from '../kernel/context';
import { describeConsequence, tellWarnings } from './reach';
import { shownRelease } from './shown-release';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { newReleaseBody } from '../../contract/release';

export const yesOption = new Option(
  '--yes',
  'release to all devices at once without asking for confirmation',
);

const shownPreview = releasePreviewJson
  .extend({ current: shownRelease.nullable() })
  .partial({ warnings: true });

interface ReleaseFlags {
  readonly steps?: string;
  readonly yes?: boolean;
}

/**
 * Whether to ask a person first: on a terminal, for a release to everyone at once. Scripts continue without asking.
 */
export function mustConfirm(context: CliContext, { steps, yes }: ReleaseFlags): boolean {
  return canAsk(context) && yes !== true && reachesEveryone(steps);
}

function reachesEveryone(steps: string | undefined): boolean {
  const [first] = steps === undefined ? [] : parseSteps(steps);
  return first === undefined || (first.kind === 'percent' && first.percent === 100);
}

/**
 * Says what a release to everyone would do, and asks for confirmation. A release that would change nothing needs none.
 * @param request the body of the request that would make the release
 * @returns false unless the answer is yes
 */
export async function confirmRelease(
  context: CliContext,
  client: AdminClient,
  request: RequestOf<typeof newReleaseBody>,
): Promise<boolean> {
  const preview = parseAnswer(
    shownPreview,
    await client.post<RequestOf<typeof newReleaseBody>>('/api/releases/preview', request),
  );
  if (!preview.changes) return true;
  const { compatible, channel } = preview;
  talk(context, `${request.bundle} for ${compatible} (${channel}): ${describeConsequence(preview)}`);
  tellWarnings(context, preview.warnings);
  const isSure = await ask(context, 'Release it to all devices at once?');
  if (!isSure) talk(context, 'nothing was released; use --steps 5,25,100 to release step by step');
  return isSure;
}
