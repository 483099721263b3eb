import { DirectorySearch } from '../../../src/rauc/squashfs-directory';
import { listingEntry, listingHead } from '../../support/squashfs-image';

function search(names: readonly string[], ...pieces: readonly Buffer[]): DirectorySearch {
  const made = new DirectorySearch(names);
  for (const piece of pieces) made.take(piece);
  return made;
}

const listing = Buffer.concat([
  listingHead(2, 8_192),
  listingEntry('a', 96),
  listingEntry('rootfs.img', 160),
  listingHead(1, 16_384),
  listingEntry('würfel', 32),
]);

describe('the search of a directory', () => {
  it('finds the inodes of names, and does not miss what is not there', () => {
    const { found, hasAll, isComplete } = search(['rootfs.img', 'würfel', 'b'], listing);
    expect([...found]).toEqual([
      ['rootfs.img', { start: 8_192, offset: 160 }],
      ['würfel', { start: 16_384, offset: 32 }],
    ]);
    expect([hasAll, isComplete]).toEqual([false, true]);
  });

  it('has all when it found each of the names', () => {
    expect(search(['a', 'würfel'], listing).hasAll).toBe(true);
    expect(search([]).hasAll).toBe(true);
  });

  it('finds the same wherever the listing is cut into pieces', () => {
    const whole = search(['a', 'rootfs.img', 'würfel'], listing);
    for (let at = 0; at <= listing.length; at += 1) {
      const cut = search(['a', 'rootfs.img', 'würfel'], listing.subarray(0, at), listing.subarray(at));
      expect(cut.found).toEqual(whole.found);
      expect(cut.isComplete).toBe(true);
    }
  });

  it('is complete at the end of a group alone', () => {
    for (const at of [0, 12 + 9 + 18, listing.length])
      expect(search([], listing.subarray(0, at)).isComplete).toBe(true);
    for (const at of [1, 12, 20, 21, listing.length - 1])
      expect(search([], listing.subarray(0, at)).isComplete).toBe(false);
  });

  it('keeps to the first of two entries of one name', () => {
    const twice = Buffer.concat([listingHead(2), listingEntry('a', 32), listingEntry('a', 64)]);
    expect(search(['a'], twice).found.get('a')).toEqual({ start: 0, offset: 32 });
  });

  it('finds no name whose bytes are not UTF-8', () => {
    const other = Buffer.concat([listingHead(1), listingEntry(Buffer.from([0xff]))]);
    expect(search(['\ufffd', 'ÿ'], other).found.size).toBe(0);
  });

  it('takes 256 entries behind a head, and no more', () => {
    const names = Array.from({ length: 256 }, (_, index) => listingEntry(`f${index}`, index));
    const full = Buffer.concat([listingHead(256), ...names]);
    expect(search(['f255'], full).found.get('f255')).toEqual({ start: 0, offset: 255 });
    expect(() => search([], listingHead(257))).toThrow(
      expect.objectContaining({
        code: 'squashfs',
        message: expect.stringContaining('a directory is malformed') as string,
      }) as Error,
    );
  });
});
