import type { DomainError } from '../../core/errors';
import { fullNoticeDays, neededRoomBytes } from '../../core/storage-room';
import type { StorageUsage } from '../../ports/data-folder';
import { type AttentionReason, attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';

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
  const { message: why, remedy = null } = writeProblem;
  return [
    { kind: 'storage-unwritable', count: 1, reason: attentionReason('storage-unwritable', { why, remedy }) },
  ];
}

/** A disk that has too little room, or will have. */
export function ofRoom(facts: RoomFacts): readonly AttentionItem[] {
  const reason = shortage(facts);
  return reason === null ? [] : [{ kind: 'storage', count: 1, reason }];
}

function shortage({ storage, largestBundleBytes, daysUntilFull: days }: RoomFacts): AttentionReason | null {
  const { freeBytes, sizes } = storage;
  if (freeBytes < neededRoomBytes(largestBundleBytes))
    return attentionReason('storage-short', { freeBytes, ...sizes });
  if (days === null || days >= fullNoticeDays) return null;
  return attentionReason('storage-filling', { freeBytes, days, ...sizes });
}
