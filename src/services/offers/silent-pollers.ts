import { RecentMap } from '../../base/collections/recent-map';
import type { Contact } from '../../core/contact';
import type { DeviceRecord } from '../../core/device-record';
import { isOverByPoll } from '../../core/silence';

/** Counts the downloads of RAUC's own pollers that report too little to see the result of an update. */
export interface SilentPollers {
  /** RAUC's own poller has polled, or begins to install. @param record as it is after the poll */
  asked(record: Pick<DeviceRecord, 'device' | 'installation'>, contact: Pick<Contact, 'transactionId'>): void;
  /** Whether a device that reads payload has polled since it last did, which begins another download. Cheap; true once. */
  begins(id: string): boolean;
}

/** More devices than this are unlikely to be between poll and download; the oldest are forgotten. */
const maxAsking = 100_000;

/**
 * {@link SilentPollers} in memory, for polls that came too soon after the last payload to change the installation. If they did, every server
 * finds that in its record, also after a restart ({@link isOverByPoll}).
 */
export class AskingPollers implements SilentPollers {
  /** Devices that polled and have not read payload since. A restart of the server forgets them, which spares the device a try. */
  readonly #asking = new RecentMap<string, true>(maxAsking);

  asked(
    { device: { id, pollerOmits }, installation }: Pick<DeviceRecord, 'device' | 'installation'>,
    { transactionId }: Pick<Contact, 'transactionId'>,
  ): void {
    this.#asking.delete(id);
    // A named attempt is counted by its name.
    if (transactionId !== null || pollerOmits === null || pollerOmits.length === 0) return;
    if (installation !== null && !isOverByPoll(installation)) this.#asking.set(id, true);
  }

  begins(id: string): boolean {
    return this.#asking.delete(id);
  }
}
