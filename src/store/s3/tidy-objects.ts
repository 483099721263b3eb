import type { KnownBundles } from './known-bundles';
import type { Leftovers } from './leftovers';
import type { BundleObjects } from './objects';

export interface TidyParts {
  readonly objects: Pick<BundleObjects, 'abortUploads' | 'list'>;
  readonly known: Pick<KnownBundles, 'refresh' | 'sizeOf'>;
  readonly leftovers: Pick<Leftovers, 'list' | 'remove'>;
}

/**
 * Removes what a kill or an outage left in the store: multipart uploads that began before the given time, objects of deleted bundles, and
 * objects of refused uploads. Unknown objects stay: they may belong to another server, or to a newer database than this one.
 * @param deleted hashes of bundles that were deleted
 * @returns how many
 */
export async function tidyObjects(
  { objects, known, leftovers }: TidyParts,
  deleted: readonly string[],
  before: Date,
): Promise<number> {
  await known.refresh();
  let removed = await objects.abortUploads(before);
  const mayBeLeft = [...deleted, ...leftovers.list()];
  const isLeft = new Set(mayBeLeft.filter((sha256) => known.sizeOf(sha256) === undefined));
  if (isLeft.size === 0) return removed;
  for (const { sha256 } of await objects.list())
    if (isLeft.has(sha256) && (await leftovers.remove(sha256))) removed += 1;
  return removed;
}
