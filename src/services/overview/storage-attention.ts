import { fullNoticeDays, neededRoomBytes } from '../../core/storage-room';
import type { StorageUsage } from '../../ports/data-folder';
import type { AttentionItem } from './attention-item';
import { mebibytes, spaceRemedy, spaceTakers } from './storage-words';

export interface StorageFacts {
  readonly storage: StorageUsage;
  readonly largestBundleBytes: number;
  /** When the disk is full if it goes on as before; `null` when nobody knows. */
  readonly daysUntilFull: number | null;
}

/** A disk that has too little room, or will have. */
export function ofStorage(facts: StorageFacts): readonly AttentionItem[] {
  const why = shortage(facts);
  if (why === null) return [];
  const { sizes } = facts.storage;
  return [{ kind: 'storage', count: 1, message: `${why}. ${spaceTakers(sizes)}. ${spaceRemedy(sizes)}` }];
}

function shortage({ storage, largestBundleBytes, daysUntilFull: days }: StorageFacts): string | null {
  const { freeBytes } = storage;
  const left = `${mebibytes(freeBytes)} are left for bundles and the database`;
  if (freeBytes < neededRoomBytes(largestBundleBytes)) return left;
  if (days === null || days >= fullNoticeDays) return null;
  return `${left}, which lasts ${days === 1 ? '1 day' : `${days} days`} at the pace of the last days`;
}
