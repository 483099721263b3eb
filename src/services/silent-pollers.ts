import type { Contact } from '../core/contact';
import { omittedHeaders } from '../core/silent-poller';
import type { HeardDevice } from './device-contacts';
import type { Fleet } from './fleet';

/** Follows RAUC's own pollers that tell too little for anybody to learn what came of an update. */
export interface SilentPollers {
  /** RAUC's own poller asks, or begins to install. @returns the device with what its poller leaves out */
  asked(heard: HeardDevice, contact: Contact): HeardDevice;
  /** Whether a device that reads payload has asked since it last did: then another download begins. Cheap; true once. */
  begins(id: string): boolean;
}

/** More than these are not likely between their question and their download; the oldest are forgotten. */
const maxAsking = 100_000;

export function createSilentPollers({ fleet }: { readonly fleet: Pick<Fleet, 'change'> }): SilentPollers {
  /** Who asked and has not read payload since. A restart of the server forgets it, which spares the device a try. */
  const asking = new Set<string>();

  return {
    asked(heard, { facts, transactionId }) {
      if (heard.isAside) return heard;
      const { device } = heard;
      const omits = omittedHeaders(facts);
      asking.delete(device.id);
      // An attempt with a name is counted by that.
      if (omits.length > 0 && transactionId === null) asking.add(device.id);
      if (asking.size > maxAsking)
        for (const oldest of asking) {
          asking.delete(oldest);
          break;
        }
      if (device.pollerOmits?.join() === omits.join()) return heard;
      const after = { ...device, pollerOmits: omits };
      fleet.change(device.id, { device: after });
      return { ...heard, device: after };
    },

    begins: (id) => asking.delete(id),
  };
}
