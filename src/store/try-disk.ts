import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { storing } from './storage-error';

/** More than a burst of devices needs, so that a disk is not called well that is full again with the next commit. */
const trialSizeBytes = 256 << 10;

/** Finds out whether a folder's disk has room to go on with. @throws DomainError `storage-full`, `unavailable` */
export async function tryDisk(folder: string): Promise<void> {
  const file = path.join(folder, '.room');
  await storing(async () => {
    await rm(file, { force: true }); // what a killed server left
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(trialSizeBytes));
      await handle.sync();
    } finally {
      await handle.close();
      await rm(file, { force: true });
    }
  });
}
