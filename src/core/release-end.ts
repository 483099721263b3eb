import type { InstallationState } from './installation-states';
import type { Why } from './reasons/why';
import type { RolloutState } from './rollout';

/** What replaces a release: another one, nothing, the previous one as if it had never been replaced, or an earlier one. */
export const releaseEndings = ['replaced', 'deactivated', 'undone', 'rolled-back-to'] as const;
export type ReleaseEnding = (typeof releaseEndings)[number];

/** Devices that failed with a release for one reason. */
export interface FailureReason {
  readonly state: InstallationState;
  /** What the devices reported, or what the server concluded. */
  readonly reason: Why | null;
  readonly devices: number;
}

/** How a release ended. */
export interface ReleaseEnd {
  readonly how: ReleaseEnding;
  /** What replaced it; `null` for nothing. */
  readonly bundleName: string | null;
  readonly at: Date;
}

/** The fate of a release, in one word; while it is current, the state of its rollout. */
export const releaseOutcomes = ['running', 'paused', 'aborted', 'complete', ...releaseEndings] as const;
export type ReleaseOutcome = (typeof releaseOutcomes)[number];

/** Being taken back outweighs being complete, which outweighs what replaced it. */
export function outcomeOf(
  { state, completedAt }: { readonly state: RolloutState; readonly completedAt: Date | null },
  how: ReleaseEnding | null,
): ReleaseOutcome {
  if (how === 'undone' || how === 'rolled-back-to') return how;
  if (state !== 'running' && how === null) return state;
  if (completedAt !== null) return 'complete';
  if (state === 'aborted') return 'aborted';
  return how ?? state;
}
