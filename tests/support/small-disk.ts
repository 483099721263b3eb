import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillDisk } from './fill-disk';

/** Room for the index of a -wal file, and for little more. */
const tightRoomBytes = 96 << 10;

const looseRoomBytes = 160 << 10;

/** A small disk for a process in its own mount namespace, and how to break and repair it. */
export interface SmallDisk {
  break(): void;
  mend(): void;
}

/**
 * @param how to break it: `full` to the last byte, `tight` with room for some files but not for the data to be written, `crowded` without
 * room for more files, or `read-only`
 */
export function mountSmallDisk(mount: string, how: string): SmallDisk {
  mkdirSync(mount, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,nr_inodes=200', 'tmpfs', mount]);
  const filler = path.join(mount, 'filler');
  // Given both names, mount adds none of the current options, some of which a user namespace may not set.
  const remount = (mode: string) => execFileSync('mount', ['-o', `remount,${mode}`, 'tmpfs', mount]);
  if (how === 'crowded') {
    mkdirSync(filler);
    return { break: () => crowd(filler), mend: () => rmSync(filler, { recursive: true }) };
  }
  if (how === 'read-only') return { break: () => remount('ro'), mend: () => remount('rw') };
  return {
    break() {
      const sizeBytes = fillDisk(filler);
      if (how === 'tight') truncateSync(filler, sizeBytes - tightRoomBytes);
    },
    mend: () => rmSync(filler),
  };
}

/** Frees some space on a full disk: enough for a command, but too little for a server to continue. */
export function loosen(mount: string): void {
  const filler = path.join(mount, 'filler');
  truncateSync(filler, statSync(filler).size - looseRoomBytes);
}

function crowd(folder: string): void {
  try {
    for (let number = 0; ; number += 1) writeFileSync(path.join(folder, String(number)), '');
  } catch {
    // No inodes are left.
  }
}
