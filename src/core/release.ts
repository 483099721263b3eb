import type { Bundle } from './bundle';
import type { Rollout } from './rollout';

/** The channel of devices for which no other is set. */
export const defaultChannel = 'stable';

/** The decision that a bundle is current on (compatible, channel). */
export interface Release {
  /** The id of the line of history that made it. It stays when people go back to the release. */
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly bundle: Bundle;
  readonly releasedAt: Date;
  readonly releasedBy: string;
  /** Whether it was released by force: the bundle names another compatible. */
  readonly forced: boolean;
  readonly rollout: Rollout;
}

export const activationActions = ['activate', 'deactivate'] as const;
export type ActivationAction = (typeof activationActions)[number];

/** One line of a compatible's history. */
export interface Activation {
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly action: ActivationAction;
  readonly bundleName: string | null;
  readonly previousBundleName: string | null;
  /** The release that it made or brought back; `null` when it ended one. */
  readonly releaseId: number | null;
  readonly at: Date;
  readonly by: string;
  /** Whether it was released by force: the bundle names another compatible. */
  readonly forced: boolean;
}

/** A line on its way into the history. */
export type NewActivation = Omit<Activation, 'id' | 'releaseId'>;
