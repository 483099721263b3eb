import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillDisk } from './fill-disk';

/** Room for the index beside a -wal file, and for little more. */
const tightRoomBytes = 96 << 10;

const looseRoomBytes = 160 << 10;

/** A small disk for a process in a mount namespace of its own, and how it breaks and is mended. */
export interface SmallDisk {
  break(): void;
  mend(): void;
}

/**
 * @param how it breaks: `full` to the last byte, `tight` with some room for files but not for what is to be written, `crowded` with room
 * for no more files, or `read-only`
 */
export function mountSmallDisk(mount: string, how: string): SmallDisk {
  mkdirSync(mount, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,nr_inodes=200', 'tmpfs', mount]);
  const filler = path.join(mount, 'filler');
  // With both names mount adds no options that it finds, of which some may not be set in a user namespace.
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

/** Gives a full one some room: a command can write, but a server does not go on with so little. */
export function loosen(mount: string): void {
  const filler = path.join(mount, 'filler');
  truncateSync(filler, statSync(filler).size - looseRoomBytes);
}

function crowd(folder: string): void {
  try {
    for (let number = 0; ; number += 1) writeFileSync(path.join(folder, String(number)), '');
  } catch {
    // no more
  }
}
