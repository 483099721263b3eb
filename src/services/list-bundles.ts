import type { Bundle } from '../core/bundle';
import type { Activation, Release } from '../core/release';

export interface ListedBundle {
  readonly bundle: Bundle;
  /** Where it is current. */
  readonly activeFor: readonly { readonly compatible: string; readonly channel: string }[];
}

/** What administrators read. */
export interface ListBundles {
  /** Newest first. */
  list(): readonly ListedBundle[];
  /** @throws DomainError `not-found` */
  get(name: string): ListedBundle;
  /** By compatible, then channel. */
  releases(): readonly Release[];
  /**
   * The compatible meant by who names none: the configured one, else the only one with a release; else `null` with the
   * reason.
   */
  defaultCompatible(): { readonly compatible: string | null; readonly reason: string };
  /** Newest first. */
  history(filter: {
    readonly compatible?: string;
    readonly limit: number;
    readonly beforeId?: number;
  }): readonly Activation[];
}
