import { mustRun } from '../../tests/support/programs';

/**
 * Makes the next reads of a file come from the disk: GNU dd writes nothing, syncs, and advises the kernel to drop the whole file
 * (`posix_fadvise` with `POSIX_FADV_DONTNEED`).
 * @throws Error when some of it is still in memory
 */
export async function dropFromMemory(path: string): Promise<void> {
  await mustRun('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
  const { stdout } = await mustRun('fincore', ['--bytes', '--noheadings', '--output', 'RES', path]);
  if (Number(stdout) > 0) throw new Error(`${stdout.trim()} bytes of ${path} are still in memory`);
}
