import { counted } from '../../../base/text/counted';
import type { StorageSizes } from '../../storage-room';
import { mebibytes, spaceRemedy, spaceTakers } from '../storage-words';

function left(freeBytes: number): string {
  return `${mebibytes(freeBytes)} are left for bundles and the database`;
}

function takers(sizes: StorageSizes): string {
  return `${spaceTakers(sizes)}. ${spaceRemedy(sizes)}`;
}

/** What needs attention about the disk. */
export const storageAttention = {
  'storage-unwritable': ({ why, remedy }: { why: string; remedy: string | null }) =>
    `Cannot save changes: ${why}. Devices are answered from memory; reports and changes are refused.` +
    (remedy === null ? '' : ` ${remedy}`),
  'storage-short': ({ freeBytes, ...sizes }: { freeBytes: number } & StorageSizes) =>
    `${left(freeBytes)}. ${takers(sizes)}`,
  'storage-filling': ({ freeBytes, days, ...sizes }: { freeBytes: number; days: number } & StorageSizes) =>
    `${left(freeBytes)}, which lasts ${counted(days, 'day')} at the current rate. ${takers(sizes)}`,
};
