import type { DomainError } from '../../core/errors';
import { fullNoticeDays, neededRoomBytes } from '../../core/storage-room';
import type { StorageUsage } from '../../ports/data-folder';
import { type AttentionReason, attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';

/** How much space is left. */
export interface RoomFacts {
  readonly storage: StorageUsage;
  readonly largestBundleBytes: number;
  /** When the disk will be full if it keeps growing; `null` if unknown. */
  readonly daysUntilFull: number | null;
}

export interface StorageFacts extends RoomFacts {
  /** The error of the last write, until one succeeds; `null` if there is none. */
  readonly writeProblem: DomainError | null;
}

/** What needs attention about the disk: it takes no writes, or has too little space, or soon will. */
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

/** What needs attention about the disk's space: there is too little, or soon will be. */
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
