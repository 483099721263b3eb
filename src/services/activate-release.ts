import type { Activation, Release } from '../core/release';

export interface ActivateRequest {
  readonly name: string;
  /** The bundle's own compatible when left out. */
  readonly compatible?: string;
  /** Insist although the manifest names another compatible. */
  readonly force?: boolean;
  readonly actor: string;
}

export interface ActivateRelease {
  /**
   * Makes a bundle current for a compatible, in one transaction with its history. Activating what is current already
   * changes nothing.
   * @throws DomainError `not-found`, `invalid-input` (no compatible known), `conflict` (another compatible, not forced)
   */
  activate(request: ActivateRequest): Promise<{ readonly release: Release; readonly changed: boolean }>;
  /**
   * Stops offering anything to a compatible.
   * @throws DomainError `not-found` when nothing was current
   */
  deactivate(request: { readonly compatible: string; readonly actor: string }): Promise<Activation>;
}
