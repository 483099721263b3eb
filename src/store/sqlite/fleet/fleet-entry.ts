import type { DeviceRecord } from '../../../core/device-record';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';

/** What is on its way to the disk. */
export interface Unsaved {
  hasContact: boolean;
  readonly installations: Map<number, Installation>;
  readonly events: NewEvent[];
}

/** A device in memory. */
export interface Entry {
  record: DeviceRecord;
  /** Another one when its installations have changed; last-seen updates do not count. */
  revision: number;
  unsaved: Unsaved;
  /** The write that runs; what changes meanwhile waits for the next one. */
  saving: Promise<void> | null;
  /** Why the last write failed. */
  failure: unknown;
  /** It is being forgotten: what it tells meanwhile is not kept. */
  isForgotten: boolean;
}

/** While nothing can be written, a device's lines of the journal beyond so many are dropped. */
const maxUnsavedEvents = 50;

export function newEntry(record: DeviceRecord): Entry {
  return {
    record,
    revision: 0,
    unsaved: nothingUnsaved(),
    saving: null,
    failure: undefined,
    isForgotten: false,
  };
}

export function nothingUnsaved(): Unsaved {
  return { hasContact: false, installations: new Map(), events: [] };
}

export function isUnsaved({ hasContact, installations, events }: Unsaved): boolean {
  return hasContact || installations.size > 0 || events.length > 0;
}

/** Adds lines of the journal; the oldest are dropped rather than to fill the memory. */
export function addEvents({ events }: Unsaved, more: readonly NewEvent[]): void {
  events.push(...more);
  if (events.length > maxUnsavedEvents) events.splice(0, events.length - maxUnsavedEvents);
}

/** What could not be written, and what came after it. */
export function putBack(before: Unsaved, after: Unsaved): Unsaved {
  return {
    hasContact: before.hasContact || after.hasContact,
    installations: new Map([...before.installations, ...after.installations]),
    events: [...before.events, ...after.events].slice(-maxUnsavedEvents),
  };
}
