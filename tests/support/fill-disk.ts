import { writeFileSync } from 'node:fs';

/** Writes a file until its file system has no room left. */
export function fillDisk(file: string): void {
  for (let size = 1 << 20; size >= 512; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // full at this size
    }
  }
}
