import type { Boards, SeenBoot } from './board';
import { circumstance } from './circumstances/catalogue';
import { isSameWhy } from './circumstances/sentences';
import type { Circumstance, Why } from './reasons/why';
import { type Installation, type InstallationChange, reachedState } from './installation';
import { endingAs, type InstallationState, isDecidedByBoot, isUnsettled } from './installation-states';
import type { Sight } from './recognize-board';

/** Sights of a board about which nothing is known yet. */
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

/**
 * Whether the board's reports may say something about an installation. They say nothing about one offered before the board
 * started afresh.
 */
export function isJudged({ freshAt }: Boards, { offeredAt }: Installation): boolean {
  return freshAt === null || offeredAt >= freshAt;
}

/**
 * Reverses what was concluded from a second board's contacts, which looked as if the device had booted.
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
 * @param proof what the contact would prove about the previous board; a boot into the bundle shows that it is the same board
 * after all, and that its new system describes itself differently
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
