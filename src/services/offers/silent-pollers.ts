import { RecentMap } from '../../base/collections/recent-map';
import type { Contact } from '../../core/contact';
import type { Device } from '../../core/device';

/** Counts the downloads of RAUC's own pollers that report too little to see the result of an update. */
export interface SilentPollers {
  /** RAUC's own poller has polled, or begins to install. */
  asked(device: Pick<Device, 'id' | 'pollerOmits'>, contact: Pick<Contact, 'transactionId'>): void;
  /** Whether a device that reads payload has polled since it last did, which begins another download. Cheap; true once. */
  begins(id: string): boolean;
}

/** More devices than this are unlikely to be between poll and download; the oldest are forgotten. */
const maxAsking = 100_000;

/** {@link SilentPollers} in memory. */
export class AskingPollers implements SilentPollers {
  /** Devices that polled and have not read payload since. A restart of the server forgets them, which spares the device a try. */
  readonly #asking = new RecentMap<string, true>(maxAsking);

  asked(
    { id, pollerOmits }: Pick<Device, 'id' | 'pollerOmits'>,
    { transactionId }: Pick<Contact, 'transactionId'>,
  ): void {
    this.#asking.delete(id);
    // A named attempt is counted by its name.
    if (transactionId !== null || pollerOmits === null || pollerOmits.length === 0) return;
    this.#asking.set(id, true);
  }

  begins(id: string): boolean {
    return this.#asking.delete(id);
  }
}
