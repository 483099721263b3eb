/** Holds a record, as objects or packed. */
export interface Packable {
  /** Turns the objects into bytes. */
  pack(): void;
}

/** With up to this many records in memory, all stay unpacked: in a fleet of that size a contact unpacks nothing. */
export const maxUnpacked = 8_192;
/**
 * In a larger fleet only this many stay unpacked. More objects would reach the old generation before they are dropped.
 * Collecting them there costs more than unpacking them once more when the contact is written.
 */
export const maxUnpackedOfMany = 256;
/** How many are packed for each that is unpacked, so that no one waits for all of them when the fleet has grown. */
const packedAtOnce = 4;

/** The records in memory that are unpacked. */
export class UnpackedRecords {
  readonly #records: Packable[] = [];
  /** The position of the one unpacked longest ago. */
  #oldest = 0;

  /** @param inMemory how many records there are, packed or not */
  constructor(private readonly inMemory: () => number) {}

  /** Adds a record that is new or was unpacked. */
  add(record: Packable): void {
    const max = this.inMemory() > maxUnpacked ? maxUnpackedOfMany : maxUnpacked;
    const records = this.#records;
    if (records.length < max) {
      records.push(record);
      return;
    }
    const place = this.#oldest % max;
    const oldest = records[place];
    records[place] = record;
    this.#oldest = place + 1;
    oldest?.pack();
    for (let packed = 1; packed < packedAtOnce && records.length > max; packed += 1) records.pop()?.pack();
  }
}
