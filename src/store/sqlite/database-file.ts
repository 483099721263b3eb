import { lstatSync } from 'node:fs';

/** Changes when a file is written or replaced. @throws the system's error */
export function stampOf(file: string): string {
  const { mtimeMs, size, ino } = lstatSync(file);
  return `${mtimeMs} ${size} ${ino}`;
}

/** Whether a file exists and is not empty. */
export function hasContent(file: string): boolean {
  return (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
