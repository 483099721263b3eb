import { DomainError } from '../../../core/errors';
import type { DecideUpdate } from '../../../ports/device-updates';

type Decide = DecideUpdate<unknown>;

/** How many devices have their unwritten updates kept, and how many updates of each. */
const maxDevices = 1_000;
const maxOfDevice = 50;

export interface UnwrittenUpdate {
  readonly decide: Decide;
  /** When the device reported it. */
  readonly at: Date;
}

/**
 * What devices reported and could not be written. They were told so and may report it again, but not all of them do. A decision is
 * pure, so it can be repeated once the database takes changes again.
 */
export class UnwrittenUpdates {
  readonly #devices = new Map<string, readonly UnwrittenUpdate[]>();

  get size(): number {
    return this.#devices.size;
  }

  has(id: string): boolean {
    return this.#devices.has(id);
  }

  ids(): readonly string[] {
    return [...this.#devices.keys()];
  }

  /** In the order of arrival. */
  of(id: string): readonly UnwrittenUpdate[] {
    return this.#devices.get(id) ?? [];
  }

  keep(id: string, update: UnwrittenUpdate): void {
    const known = this.of(id);
    if (known.length >= maxOfDevice || (known.length === 0 && this.size >= maxDevices)) return;
    this.#devices.set(id, [...known, update]);
  }

  written(id: string, written: readonly UnwrittenUpdate[]): void {
    const left = this.of(id).filter((one) => !written.includes(one));
    if (left.length === 0) this.#devices.delete(id);
    else this.#devices.set(id, left);
  }

  forget(id: string): void {
    this.#devices.delete(id);
  }
}

/** Whether the same operation may succeed later. */
export function isOfStorage(error: unknown): boolean {
  return error instanceof DomainError && (error.code === 'storage-full' || error.code === 'unavailable');
}
