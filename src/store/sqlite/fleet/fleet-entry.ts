import type { BytesPlace, ByteSlabs } from '../../../base/bytes/byte-slabs';
import type { DeviceRecord } from '../../../core/device-record';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';
import { packRecord, unpackRecord } from './packed-record';
import type { Packable, UnpackedRecords } from './unpacked-records';

/** What is on its way to the disk. */
export interface Unsaved {
  hasContact: boolean;
  readonly installations: Map<number, Installation>;
  readonly events: NewEvent[];
}

/** While nothing can be written, a device's journal lines beyond this number are dropped. */
const maxUnsavedEvents = 50;

/** A device in memory. Its record is packed while unused, and unpacked when it is read. */
export class Entry implements Packable {
  readonly id: string;
  /** Changes when its installations change; last-seen updates do not count. */
  revision = 0;
  /** The running write; later changes wait for the next one. */
  saving: Promise<void> | null = null;
  /** Why the last write failed. */
  failure: unknown = undefined;
  /** Whether it is being forgotten: what the device reports meanwhile is not kept. */
  isForgotten = false;
  /** Whether it was used since the last search for an entry to drop from memory. */
  wasUsed = false;
  /** `null` while it is packed. */
  #record: DeviceRecord | null;
  /** Where it is packed, or was before it was unpacked. */
  #place: BytesPlace | null = null;
  /** Whether the record has changed since it was packed. */
  #isChanged = true;
  #hasLeft = false;
  #unsaved: Unsaved | null = null;

  constructor(
    record: DeviceRecord,
    private readonly unpacked: UnpackedRecords,
    private readonly slabs: ByteSlabs,
  ) {
    this.id = record.device.id;
    this.#record = record;
    unpacked.add(this);
  }

  get record(): DeviceRecord {
    if (this.#record !== null) return this.#record;
    if (this.#place === null) throw new Error(`the record of ${this.id} is nowhere`);
    const unpacked = unpackRecord(this.id, this.slabs.read(this.#place));
    this.#record = unpacked;
    this.unpacked.add(this);
    return unpacked;
  }

  set record(record: DeviceRecord) {
    const wasPacked = this.isPacked;
    this.#record = record;
    this.#isChanged = true;
    if (wasPacked) this.unpacked.add(this);
  }

  get isPacked(): boolean {
    return this.#record === null;
  }

  pack(): void {
    if (this.#hasLeft) return;
    if (this.#record !== null && this.#isChanged) {
      this.#place = this.slabs.put(packRecord(this.#record), this.#place);
      this.#isChanged = false;
    }
    this.#record = null;
    if (!this.hasUnsaved) this.#unsaved = null;
  }

  /** Leaves the memory. Holders keep using its record; its place may be reused. */
  leave(): void {
    this.#hasLeft = true;
    this.#record = this.record; // unpacked, permanently
    if (this.#place !== null) this.slabs.free(this.#place);
    this.#place = null;
  }

  /** For adding to. */
  get unsaved(): Unsaved {
    return (this.#unsaved ??= nothingUnsaved());
  }

  get hasUnsaved(): boolean {
    if (this.#unsaved === null) return false;
    const { hasContact, installations, events } = this.#unsaved;
    return hasContact || installations.size > 0 || events.length > 0;
  }

  /** Takes what is unsaved, to write it. */
  takeUnsaved(): Unsaved {
    const taken = this.unsaved;
    this.#unsaved = null;
    return taken;
  }

  /** Puts back what could not be written, before what came after it. */
  putBack(before: Unsaved): void {
    const after = this.unsaved;
    this.#unsaved = {
      hasContact: before.hasContact || after.hasContact,
      installations: new Map([...before.installations, ...after.installations]),
      events: [...before.events, ...after.events].slice(-maxUnsavedEvents),
    };
  }

  /** Adds journal lines; beyond the limit the oldest are dropped to save memory. */
  addEvents(more: readonly NewEvent[]): void {
    if (more.length === 0) return;
    const { events } = this.unsaved;
    events.push(...more);
    if (events.length > maxUnsavedEvents) events.splice(0, events.length - maxUnsavedEvents);
  }
}

function nothingUnsaved(): Unsaved {
  return { hasContact: false, installations: new Map(), events: [] };
}
