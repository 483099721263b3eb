import type { Boards, SeenBoot } from './board';
import { circumstance } from './circumstances/catalogue';
import { isSameWhy } from './circumstances/sentences';
import type { Circumstance, Why } from './reasons/why';
import { type Installation, type InstallationChange, reachedState } from './installation';
import { endingAs, type InstallationState, isDecidedByBoot, isUnsettled } from './installation-states';
import type { Sight } from './recognize-board';

/** Sights of a board of which nothing is known yet. */
const freshReasons = {
  replaced: circumstance('board-replaced'),
  reflashed: circumstance('board-reflashed'),
  provisioned: circumstance('board-provisioned'),
} as const;

/** Why a board starts afresh; `undefined` when it does not. */
export function freshReason(sight: Sight): Circumstance | undefined {
  return sight === 'replaced' || sight === 'reflashed' || sight === 'provisioned'
    ? freshReasons[sight]
    : undefined;
}

/** Whether what the board tells may say something about an installation: not about one from before it started afresh. */
export function isJudged({ freshAt }: Boards, { offeredAt }: Installation): boolean {
  return freshAt === null || offeredAt >= freshAt;
}

/**
 * Takes back what a second board's contacts were taken for: they came as if the device had booted.
 * @param other the boot that was the second board's
 * @returns what changes about the latest installation, or `null`
 */
export function takeBack(installation: Installation, other: SeenBoot): InstallationChange | null {
  const { state, endedAt, fromBootId, message } = installation;
  const isOfOther = other.bootId !== null && fromBootId === other.bootId;
  if (isOfOther && isUnsettled(installation))
    return { state: 'withdrawn', message: circumstance('begun-by-second-board') };
  const isVerdict = isDecidedByBoot(installation) || installation.isPresumed || isFresh(state, message);
  if (isOfOther || !isVerdict || endedAt === null || endedAt < other.firstSeenAt) return null;
  return {
    state: reachedState(installation),
    isPresumed: false,
    message: circumstance('read-from-second-board'),
  };
}

function isFresh(state: InstallationState, message: Why | null): boolean {
  return state === 'withdrawn' && Object.values(freshReasons).some((one) => isSameWhy(one, message));
}

/**
 * Judges the open installation of a board that starts afresh.
 * @param proof what the contact would prove of the board before; a boot into the bundle shows that it is the same board after
 * all, whose new system tells of itself in another way
 */
export function judgeFresh(
  installation: Installation,
  sight: Sight,
  proof: InstallationChange | null,
): { readonly change: InstallationChange | null; readonly isFresh: boolean } {
  if (proof?.state === 'proven' && sight !== 'provisioned') return { change: proof, isFresh: false };
  if (!isUnsettled(installation)) return { change: null, isFresh: true };
  const change = { state: endingAs(installation, 'withdrawn'), message: freshReason(sight) ?? null };
  return { change, isFresh: true };
}
