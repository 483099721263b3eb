/** What takes up space on the disk that holds the data folder. */
export const storageParts = ['bundles', 'uploads', 'database', 'other', 'outside'] as const;

/**
 * `uploads` are unfinished or were left behind; `other` is the rest of the data folder, such as databases that a restore kept;
 * `outside` is everything else on the disk, such as logs.
 */
export type StoragePart = (typeof storageParts)[number];

/** Bytes by part. */
export type StorageSizes = Readonly<Record<StoragePart, number>>;

const smallestRoomBytes = 1 << 30;

/** How much should be free for the next upload and the database. @param largestBundleBytes size of the largest stored bundle */
export function neededRoomBytes(largestBundleBytes: number): number {
  return Math.max(smallestRoomBytes, 2 * largestBundleBytes);
}

const leastRoomBytes = 1 << 20;

/** Whether too little space is free to save any change. */
export function isDiskFull(freeBytes: number): boolean {
  return freeBytes < leastRoomBytes;
}

/** How much space was free at a time, in milliseconds on a clock that is never set. */
export interface RoomSample {
  readonly atMs: number;
  readonly freeBytes: number;
}

const dayMs = 86_400_000;
/** Each day has one vote; with three days a single large upload is outvoted. */
const fewestDays = 3;
const mostDays = 7;
/** Enough time to order a disk, or to find out what grows. */
export const fullNoticeDays = 14;

/** Keeps one sample a day, for the latest {@link mostDays} days. @param samples the oldest first */
export function withSample(samples: readonly RoomSample[], next: RoomSample): readonly RoomSample[] {
  const last = samples.at(-1);
  if (last !== undefined && next.atMs - last.atMs < dayMs) return samples;
  return [...samples, next].slice(-(mostDays + 1));
}

/**
 * When the disk will be full if it keeps growing by the median of the known days.
 * @param samples as {@link withSample} keeps them
 * @returns days from now; `null` when nothing grows, or too few days are known
 */
export function daysUntilFull(samples: readonly RoomSample[], freeBytes: number): number | null {
  const daily = samples.slice(1).flatMap((sample, index) => {
    const before = samples[index];
    return before === undefined
      ? []
      : [((before.freeBytes - sample.freeBytes) * dayMs) / (sample.atMs - before.atMs)];
  });
  if (daily.length < fewestDays) return null;
  const usual = daily.sort((one, other) => one - other)[Math.floor((daily.length - 1) / 2)] ?? 0;
  return usual > 0 ? Math.floor(freeBytes / usual) : null;
}
