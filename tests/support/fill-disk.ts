import { statSync, writeFileSync } from 'node:fs';

/** Writes a file until its file system has no room left. @returns the size that it has then, in bytes */
export function fillDisk(file: string): number {
  for (let size = 1 << 20; size >= 512; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // full at this size
    }
  }
  return statSync(file).size;
}
