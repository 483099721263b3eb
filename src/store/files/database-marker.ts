import { open } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../base/files/replace-file';
import type { FoundMarker } from '../../core/restore';
import { systemErrorCode } from '../../base/files/system-error';
import type { DatabaseMarker } from '../../ports/restores';
import { readOnlyNoFollow } from '../refuse-links';
import { storing } from '../storage-error';

/** A larger file is not our marker. */
const maxSizeBytes = 1_024;

/** `database.marker` beside the database: which database was used here last, and how far it had got at least. */
export function createDatabaseMarker(dataDir: string): DatabaseMarker {
  const file = path.join(dataDir, 'database.marker');
  return {
    async read() {
      try {
        return parse(await readStart(file));
      } catch (error) {
        return systemErrorCode(error) === 'ENOENT' ? 'missing' : 'unreadable';
      }
    },

    write: ({ id, decision }) =>
      storing(() => replaceFile(file, `${JSON.stringify({ database: id, decision })}\n`, { mode: 0o600 })),
  };
}

async function readStart(file: string): Promise<string> {
  const handle = await open(file, readOnlyNoFollow);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(maxSizeBytes) });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** @throws SyntaxError */
function parse(text: string): FoundMarker {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || !('database' in json) || !('decision' in json))
    return 'unreadable';
  const { database, decision } = json;
  if (typeof database !== 'string' || typeof decision !== 'number' || !Number.isSafeInteger(decision))
    return 'unreadable';
  return { id: database, decision };
}
