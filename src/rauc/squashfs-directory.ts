import { BrokenBundle } from './broken';

/** Where a file's inode is: its metadata block in the inode table, and the place in it. */
export interface DirectoryEntry {
  readonly start: number;
  readonly offset: number;
}

const headerSizeBytes = 12;
/** Without the name. */
const entrySizeBytes = 8;
/** A header is followed by no more entries than this (Linux, `SQUASHFS_DIR_COUNT`). */
const maxEntriesPerHeader = 256;

/** Looks for a name in the listing of a directory, which comes in pieces of any size. */
export class DirectorySearch {
  private readonly name: Buffer;
  private rest = Buffer.alloc(0);
  private entriesToCome = 0;
  private start = 0;

  constructor(name: string) {
    this.name = Buffer.from(name);
  }

  /** Whether the listing may end here. */
  get isComplete(): boolean {
    return this.rest.length === 0 && this.entriesToCome === 0;
  }

  /**
   * @returns the entry, once it is found
   * @throws BrokenBundle `squashfs`
   */
  take(piece: Buffer): DirectoryEntry | undefined {
    const listing = Buffer.concat([this.rest, piece]);
    let at = 0;
    for (;;) {
      if (this.entriesToCome === 0) {
        if (at + headerSizeBytes > listing.length) break;
        this.entriesToCome = listing.readUInt32LE(at) + 1;
        if (this.entriesToCome > maxEntriesPerHeader)
          throw new BrokenBundle('squashfs', 'the payload is not a sound squashfs: a directory is malformed');
        this.start = listing.readUInt32LE(at + 4);
        at += headerSizeBytes;
      }
      if (at + entrySizeBytes > listing.length) break;
      const end = at + entrySizeBytes + listing.readUInt16LE(at + 6) + 1;
      if (end > listing.length) break;
      if (this.name.equals(listing.subarray(at + entrySizeBytes, end)))
        return { start: this.start, offset: listing.readUInt16LE(at) };
      this.entriesToCome -= 1;
      at = end;
    }
    this.rest = Buffer.from(listing.subarray(at));
    return undefined;
  }
}
