import type { Readable } from 'node:stream';
import type { OpenFile } from '../../ports/bundle-files';

/** The use of a shared file, until it is released. */
export interface FileLease {
  read(position: number, length: number): Promise<Buffer>;
  createReadStream(start: number, end: number): Readable;
  release(): void;
}

interface Shared {
  readonly file: Promise<OpenFile>;
  leases: number;
  idle: NodeJS.Timeout | undefined;
}

/** Files that stay open although nobody reads them; the oldest goes first. */
const maxIdleFiles = 32;

/**
 * Opens each file once for all who read it at the same time. It stays open a little longer: a device asks for
 * thousands of ranges, one after the other. One that could not be read is opened anew for the next reader: it may have been
 * replaced.
 * @param idleMs how long a file that nobody reads stays open
 */
export function createSharedFiles(idleMs: number) {
  const byKey = new Map<string, Shared>();

  function discard(key: string, shared: Shared): Promise<void> {
    clearTimeout(shared.idle);
    if (byKey.get(key) === shared) byKey.delete(key);
    return shared.file.then((file) => file.close());
  }

  function expire(key: string, shared: Shared): void {
    shared.idle = setTimeout(() => void discard(key, shared).catch(() => undefined), idleMs).unref();
    const idle = [...byKey].filter(([, other]) => other.leases === 0);
    for (const [oldest, other] of idle.slice(0, Math.max(0, idle.length - maxIdleFiles))) {
      void discard(oldest, other).catch(() => undefined);
    }
  }

  async function lease(key: string, open: () => Promise<OpenFile>): Promise<FileLease> {
    const shared = byKey.get(key) ?? { file: open(), leases: 0, idle: undefined };
    byKey.delete(key); // put at the end: the map is in the order of last use
    byKey.set(key, shared);
    clearTimeout(shared.idle);
    shared.leases += 1;
    const shareNoMore = (): void => {
      if (byKey.get(key) === shared) byKey.delete(key);
    };
    let isReleased = false;
    try {
      const file = await shared.file;
      return {
        async read(position, length) {
          try {
            return await file.read(position, length);
          } catch (error) {
            shareNoMore();
            throw error;
          }
        },
        createReadStream: (start, end) => file.createReadStream(start, end).once('error', shareNoMore),
        release() {
          if (isReleased) return;
          isReleased = true;
          shared.leases -= 1;
          if (shared.leases > 0) return;
          if (byKey.get(key) === shared) expire(key, shared);
          else void discard(key, shared).catch(() => undefined);
        },
      };
    } catch (error) {
      shareNoMore();
      throw error;
    }
  }

  /** Closes what nobody reads; what is read closes with its last lease, after the idle time. */
  async function close(): Promise<void> {
    const idle = [...byKey].filter(([, shared]) => shared.leases === 0);
    await Promise.allSettled(idle.map(([key, shared]) => discard(key, shared)));
  }

  return { lease, close };
}
