import { DomainError } from '../../../core/errors';
import type { DecideUpdate } from '../../../ports/device-updates';

/** What decisions refused, as opposed to what the database could not do: only that says that another attempt is useless. */
export class Refusals {
  readonly #known = new WeakSet<DomainError>();

  /** The same decision, with its refusals noted. */
  of<Answer>(decide: DecideUpdate<Answer>): DecideUpdate<Answer> {
    return (sight) => {
      try {
        return decide(sight);
      } catch (error) {
        if (error instanceof DomainError) this.#known.add(error);
        throw error;
      }
    };
  }

  has(error: unknown): boolean {
    return error instanceof DomainError && this.#known.has(error);
  }

  /** Drops a refusal: what the device reported is no longer possible. @throws any other error */
  drop(error: unknown): undefined {
    if (!this.has(error)) throw error;
  }
}
