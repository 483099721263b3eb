import type { Lines } from './line-words';

/** What is now current for a compatible on a channel. */
interface Current {
  compatible: string;
  channel: string;
  /** `null` for nothing. */
  bundle: string | null;
  forced: boolean;
  /** The state of the rollout that this brings back; `null` if it brings back none. */
  state: string | null;
  /** Its step, from 0. */
  step: number | null;
  steps: number | null;
}

export const releaseLines = {
  'release-activated': (current: Current) => nowCurrent(current),
  'release-deactivated': (current: Current) => nowCurrent(current),
  'release-undone': ({
    releaseId,
    undone,
    ...current
  }: Current & { releaseId: number; undone: string | null }) =>
    `release ${releaseId}${undone === null ? '' : ` of ${undone}`} was undone before any device was offered it: ${nowCurrent(current)}`,
} satisfies Lines;

function nowCurrent({ compatible, channel, bundle, forced, state, step, steps }: Current): string {
  const where = `${compatible} (${channel})`;
  if (bundle === null) return `nothing is current for ${where} now`;
  const isBack = state !== null && step !== null && steps !== null;
  const asBefore = isBack ? ` again, as before: ${state}, step ${step + 1} of ${steps}` : '';
  return `${bundle} is current for ${where}${forced ? ', by force' : ''}${asBefore}`;
}
