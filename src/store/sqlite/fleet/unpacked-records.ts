/** What keeps a record, as objects or packed. */
export interface Packable {
  /** Makes one string of the objects. */
  pack(): void;
}

/** So many records stay unpacked as long as there are no more in memory: in a fleet of that size a contact unpacks nothing. */
export const maxUnpacked = 8_192;
/**
 * In a larger fleet the latest stay unpacked, until what came of a second's contacts is written. Of more, the objects would grow old
 * before they are dropped, which makes them expensive to collect.
 */
export const maxUnpackedOfMany = 1_024;
/** So many are packed for each that is unpacked, so that nobody waits for all of them when the fleet has grown. */
const packedAtOnce = 4;

/** The records in memory that are objects. */
export class UnpackedRecords {
  readonly #records: Packable[] = [];
  /** The place of the one that was unpacked longest ago. */
  #oldest = 0;

  /** @param inMemory how many records there are, packed or not */
  constructor(private readonly inMemory: () => number) {}

  /** One that is new, or was packed. */
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
