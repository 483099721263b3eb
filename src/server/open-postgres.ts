import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../../package.json';
import { isDatabaseAway } from '../core/database-away';
import type { Log } from '../ports/log';
import type { OpenBundlesElsewhere } from '../store/bundles-elsewhere';
import type { ServerStore } from '../store/store';
import { loadPostgresStore } from './load-postgres';

/** How long to wait for a database that starts together with this server, in milliseconds. */
const patienceMs = 30_000;
const retryMs = 1_000;

/**
 * Opens the store on PostgreSQL, which may still be starting.
 * @throws DomainError `configuration`, `storage-full`, `unavailable`
 */
export async function openPostgres(
  { url, directUrl }: { readonly url: string; readonly directUrl: string | null },
  dataDir: string,
  log: Log,
  openBundles?: OpenBundlesElsewhere,
): Promise<ServerStore> {
  const { openPostgresStore } = loadPostgresStore();
  const until = performance.now() + patienceMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await openPostgresStore(url, dataDir, {
        directUrl,
        newName: randomUUID,
        pid: process.pid,
        node: { id: randomUUID(), name: `${hostname()}:${process.pid}`, version },
        onAhead: () =>
          log.warn({}, 'a newer version has upgraded the database: this server goes on, but update it, too'),
        onOutdated: endProcess,
        onError: (error) => log.error({ err: error }, 'what follows a commit failed; the commit stands'),
        uploadThreads: {},
        openBundles,
      });
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() >= until) throw error;
      if (isFirst)
        log.warn({ err: error }, 'the database server cannot be reached: it is tried again for 30 s');
      await delay(retryMs);
    }
  }
}

/** Ends the process with an uncaught exception: what this server knows is out of date, and it can save nothing. */
function endProcess(error: Error): void {
  process.nextTick(() => {
    throw error;
  });
}
