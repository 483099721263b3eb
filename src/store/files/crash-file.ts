import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFileSync } from '../../base/files/replace-file';
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
