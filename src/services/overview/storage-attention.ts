import type { DomainError } from '../../core/errors';
import { fullNoticeDays, neededRoomBytes } from '../../core/storage-room';
import type { StorageUsage } from '../../ports/data-folder';
import type { AttentionItem } from './attention-item';
import { mebibytes, spaceRemedy, spaceTakers } from './storage-words';

/** How much room there is. */
export interface RoomFacts {
  readonly storage: StorageUsage;
  readonly largestBundleBytes: number;
  /** When the disk will be full if it keeps growing; `null` when unknown. */
  readonly daysUntilFull: number | null;
}

export interface StorageFacts extends RoomFacts {
  /** What kept a write from the disk, until one got there again; `null` when nothing did. */
  readonly writeProblem: DomainError | null;
}

/** A disk that takes no writes, or that has too little room or will have. */
export function ofStorage(facts: StorageFacts): readonly AttentionItem[] {
  return [...ofUnwritable(facts), ...ofRoom(facts)];
}

function ofUnwritable({ writeProblem }: StorageFacts): AttentionItem[] {
  if (writeProblem === null) return [];
  const { message, remedy } = writeProblem;
  const effect = 'Devices are answered from memory; reports and changes are refused.';
  const words = [`cannot save changes: ${message}.`, effect, ...(remedy === undefined ? [] : [remedy])];
  return [{ kind: 'storage-unwritable', count: 1, message: words.join(' ') }];
}

/** A disk that has too little room, or will have. */
export function ofRoom(facts: RoomFacts): readonly AttentionItem[] {
  const why = shortage(facts);
  if (why === null) return [];
  const { sizes } = facts.storage;
  return [{ kind: 'storage', count: 1, message: `${why}. ${spaceTakers(sizes)}. ${spaceRemedy(sizes)}` }];
}

function shortage({ storage, largestBundleBytes, daysUntilFull: days }: RoomFacts): string | null {
  const { freeBytes } = storage;
  const left = `${mebibytes(freeBytes)} are left for bundles and the database`;
  if (freeBytes < neededRoomBytes(largestBundleBytes)) return left;
  if (days === null || days >= fullNoticeDays) return null;
  return `${left}, which lasts ${days === 1 ? '1 day' : `${days} days`} at the current rate`;
}
