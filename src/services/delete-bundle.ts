import type { Bundle } from '../core/bundle';

export interface DeleteBundle {
  /**
   * Deletes a bundle that is current nowhere. Its name stays bound to its bytes: other bytes never get it.
   * @throws DomainError `not-found`, `conflict` when it is current (the message says where)
   */
  delete(request: { readonly name: string; readonly actor: string }): Promise<Bundle>;
}
