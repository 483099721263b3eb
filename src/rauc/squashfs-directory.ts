import { circumstance } from '../core/circumstances/catalogue';
import { bad } from './squashfs-superblock';

/** Where a file's inode is: its metadata block in the inode table, and the offset in it. */
export interface DirectoryEntry {
  readonly start: number;
  readonly offset: number;
}

const headerSizeBytes = 12;
/** Size without the name. */
const entrySizeBytes = 8;
/** A header precedes at most this many entries (Linux, `SQUASHFS_DIR_COUNT`). */
const maxEntriesPerHeader = 256;

/** Finds names in a directory listing, which arrives in pieces of any size. */
export class DirectorySearch {
  readonly found = new Map<string, DirectoryEntry>();
  /** By their bytes, one per character: names in a directory need not be UTF-8. */
  private readonly names: ReadonlyMap<string, string>;
  private rest = Buffer.alloc(0);
  private entriesLeft = 0;
  private start = 0;

  constructor(names: Iterable<string>) {
    this.names = new Map([...names].map((name) => [Buffer.from(name).toString('latin1'), name]));
  }

  get hasAll(): boolean {
    return this.found.size === this.names.size;
  }

  /** Whether the listing may end here. */
  get isComplete(): boolean {
    return this.rest.length === 0 && this.entriesLeft === 0;
  }

  /** @throws BrokenBundle `squashfs` */
  take(piece: Buffer): void {
    const listing = Buffer.concat([this.rest, piece]);
    let at = 0;
    for (;;) {
      if (this.entriesLeft === 0) {
        if (at + headerSizeBytes > listing.length) break;
        this.entriesLeft = listing.readUInt32LE(at) + 1;
        if (this.entriesLeft > maxEntriesPerHeader) throw bad(circumstance('directory-malformed'));
        this.start = listing.readUInt32LE(at + 4);
        at += headerSizeBytes;
      }
      if (at + entrySizeBytes > listing.length) break;
      const end = at + entrySizeBytes + listing.readUInt16LE(at + 6) + 1;
      if (end > listing.length) break;
      const name = this.names.get(listing.toString('latin1', at + entrySizeBytes, end));
      if (name !== undefined && !this.found.has(name))
        this.found.set(name, { start: this.start, offset: listing.readUInt16LE(at) });
      this.entriesLeft -= 1;
      at = end;
    }
    this.rest = Buffer.from(listing.subarray(at));
  }
}
