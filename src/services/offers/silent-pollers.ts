import { RecentMap } from '../../base/collections/recent-map';
import type { Contact } from '../../core/contact';
import type { Device } from '../../core/device';

/** Follows the downloads of RAUC's own pollers that tell too little for anybody to learn what came of them. */
export interface SilentPollers {
  /** RAUC's own poller has asked, or begins to install. */
  asked(device: Pick<Device, 'id' | 'pollerOmits'>, contact: Pick<Contact, 'transactionId'>): void;
  /** Whether a device that reads payload has asked since it last did: then another download begins. Cheap; true once. */
  begins(id: string): boolean;
}

/** More than these are not likely between their question and their download; the oldest are forgotten. */
const maxAsking = 100_000;

/** {@link SilentPollers} in memory. */
export class AskingPollers implements SilentPollers {
  /** Who asked and has not read payload since. A restart of the server forgets it, which spares the device a try. */
  readonly #asking = new RecentMap<string, true>(maxAsking);

  asked(
    { id, pollerOmits }: Pick<Device, 'id' | 'pollerOmits'>,
    { transactionId }: Pick<Contact, 'transactionId'>,
  ): void {
    this.#asking.delete(id);
    // An attempt with a name is counted by that.
    if (transactionId !== null || pollerOmits === null || pollerOmits.length === 0) return;
    this.#asking.set(id, true);
  }

  begins(id: string): boolean {
    return this.#asking.delete(id);
  }
}
