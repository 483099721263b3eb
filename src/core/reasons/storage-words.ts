import { storageParts, type StoragePart, type StorageSizes } from '../storage-room';

const names: Readonly<Record<StoragePart, string>> = {
  bundles: 'bundles',
  uploads: 'uploads',
  database: 'the database',
  other: 'other files in the data folder',
  outside: 'everything outside the data folder, such as logs',
};

const remedies: Readonly<Record<StoragePart, string>> = {
  bundles: 'Delete bundles that no device needs, or give the data folder more space.',
  uploads:
    'Wait for running uploads to finish. If there are none, restart the server: it removes their remains.',
  database: 'Give the data folder more space. EVENT_RETENTION limits how long events are kept.',
  other:
    'Move away what the server does not need there, such as backups and the server.db.….old kept by a restore.',
  outside: 'Free some disk space: check logs, backups and other programs.',
};

/** How many parts a sentence lists; the others take up little space. */
const named = 3;

/** What takes up space, the largest first, as part of a sentence. */
export function spaceTakers(sizes: StorageSizes): string {
  const taken = largestFirst(sizes).slice(0, named);
  if (taken.length === 0) return 'Nothing else is on this disk';
  const words = taken.map((part) => `${names[part]} (${mebibytes(sizes[part])})`);
  return `The space is taken by ${words.join(', ')}`;
}

/** How to free space where most of it is used. */
export function spaceRemedy(sizes: StorageSizes): string {
  return remedies[largestFirst(sizes)[0] ?? 'outside'];
}

/** For example `1023 MiB`; rounded down, so it never promises more than there is. */
export function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / (1 << 20))} MiB`;
}

/** Parts that take up space. */
function largestFirst(sizes: StorageSizes): readonly StoragePart[] {
  return storageParts.filter((part) => sizes[part] > 0).sort((one, other) => sizes[other] - sizes[one]);
}
