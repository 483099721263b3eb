import { statSync, writeFileSync } from 'node:fs';

/** Writes a file until its file system is full. @returns the file's size, in bytes */
export function fillDisk(file: string): number {
  for (let size = 1 << 20; size >= 512; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for this block size.
    }
  }
  return statSync(file).size;
}
