import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { optionalParts } from '../../core/crash';
import type { CrashRecord } from '../../ports/crash';
import { readOnlyNoFollow } from '../refuse-links';

const crashSchema = z.object({
  at: z.coerce.date(),
  startedAt: z.coerce.date(),
  part: z.enum(optionalParts).nullable(),
  message: z.string(),
  times: z.number().int().positive(),
});

/** How the last run of the server ended, in `crash.json` of the data folder. */
export function openCrashFile(dataDir: string): CrashRecord {
  const file = path.join(dataDir, 'crash.json');
  return {
    read() {
      try {
        return crashSchema.safeParse(JSON.parse(readOwn(file))).data;
      } catch {
        return undefined;
      }
    },
    write(crash) {
      const temporary = `${file}.part`;
      rmSync(temporary, { force: true });
      const handle = openSync(temporary, 'wx', 0o600);
      try {
        writeSync(handle, `${JSON.stringify(crash, null, 2)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(temporary, file);
    },
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
