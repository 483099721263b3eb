import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFileSync } from '../../base/files/replace-file';
import { type Crash, optionalParts } from '../../core/crash';
import { readOnlyNoFollow } from '../refuse-links';

const crashSchema = z.object({
  at: z.coerce.date(),
  startedAt: z.coerce.date(),
  part: z.enum(optionalParts).nullable(),
  message: z.string(),
  times: z.number().int().positive(),
});

/** How the last run of the server ended, when it was an exception: `crash.json` in the data folder. */
export interface CrashFile {
  /** @returns `undefined` when the last run ended in an orderly way, or nobody can tell */
  read(): Crash | undefined;
  /**
   * Writes it before it returns: the process is about to end.
   * @throws Error of the file system
   */
  write(crash: Crash): void;
  clear(): void;
}

export function openCrashFile(dataDir: string): CrashFile {
  const file = path.join(dataDir, 'crash.json');
  return {
    read() {
      try {
        return crashSchema.safeParse(JSON.parse(readOwn(file))).data;
      } catch {
        return undefined;
      }
    },
    write: (crash) => replaceFileSync(file, `${JSON.stringify(crash, null, 2)}\n`, { mode: 0o600 }),
    clear: () => rmSync(file, { force: true }),
  };
}

function readOwn(file: string): string {
  const handle = openSync(file, readOnlyNoFollow);
  try {
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}
