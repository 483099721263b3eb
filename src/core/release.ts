import type { Bundle } from './bundle';
import type { Rollout } from './rollout';

/** The stream of releases that a device follows when nothing else is said. */
export const defaultChannel = 'stable';

/** The decision that a bundle is current on (compatible, channel). */
export interface Release {
  /** Of the line of history that made it. */
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly bundle: Bundle;
  readonly releasedAt: Date;
  readonly releasedBy: string;
  /** Whether a person insisted although the bundle names another compatible. */
  readonly forced: boolean;
  readonly rollout: Rollout;
}

export type ActivationAction = 'activate' | 'deactivate';

/** One line of a compatible's history. */
export interface Activation {
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly action: ActivationAction;
  readonly bundleName: string | null;
  readonly previousBundleName: string | null;
  readonly at: Date;
  readonly by: string;
  /** Whether a person insisted although the bundle names another compatible. */
  readonly forced: boolean;
}
