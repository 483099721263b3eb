import type { NamedBytesIndex } from '../files/named-bytes';
import type { ObjectUses } from './object-uses';
import type { BundleObjects } from './objects';

export interface TidyParts {
  readonly objects: Pick<BundleObjects, 'abortUploads' | 'list' | 'remove'>;
  readonly known: Pick<NamedBytesIndex, 'sizeOf'>;
  readonly uses: Pick<ObjectUses, 'unlessUsed'>;
}

/**
 * Removes what a kill or an outage left in the store: uploads in parts that began before, and objects of deleted bundles. Objects that
 * nothing is known of stay: they may belong to another server, or to a newer database than this one.
 * @param deleted hashes of bundles that were deleted
 * @returns how many
 */
export async function tidyObjects(
  { objects, known, uses }: TidyParts,
  deleted: readonly string[],
  before: Date,
): Promise<number> {
  let removed = await objects.abortUploads(before);
  const isLeft = new Set(deleted.filter((sha256) => known.sizeOf(sha256) === undefined));
  if (isLeft.size === 0) return removed;
  for (const { sha256 } of await objects.list()) {
    if (!isLeft.has(sha256) || known.sizeOf(sha256) !== undefined) continue;
    if (await uses.unlessUsed(sha256, () => objects.remove(sha256))) removed += 1;
  }
  return removed;
}
