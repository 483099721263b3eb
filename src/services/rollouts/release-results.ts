import type { Bundle } from '../../core/bundle';
import type { Activation } from '../../core/release';
import type { Outcomes } from '../../core/release-outcome';
import type { Rollout } from '../../core/rollout';

/** What a release came to. It stays known when another one takes its place. */
export interface ReleaseResult {
  readonly rollout: Rollout;
  readonly outcomes: Outcomes;
  /** When something else took the place of this line of the history; `null` while it is the last. */
  readonly endedAt: Date | null;
}

/** What releases came to, also those that are over. */
export interface ReleaseResults {
  /** By the id of the line; lines that ended a release have none. */
  of(lines: readonly Activation[]): ReadonlyMap<number, ReleaseResult>;
  /** Whether any device was ever offered a release, as far as that was written. */
  wasOffered(releaseId: number): boolean;
  /**
   * Whether a bundle was proven on any device, whatever it was offered for, or a device of its compatible runs its version.
   * @param version `null` when it says nothing about the bundle
   */
  isProven(bundle: Pick<Bundle, 'name' | 'compatible'> & { readonly version: string | null }): boolean;
}
