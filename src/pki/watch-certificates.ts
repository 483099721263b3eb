import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Revocation } from '../core/certificate';
import { systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';
import { exists } from './file-pair';
import { isFolderLocked } from './folder-lock';
import { readRevocations, revocationFileName } from './revocation-list';
import { loadServerTls, type ServerTls } from './server-tls';
import type { Clock } from '../ports/clock';

export interface CertificateHandlers {
  onTls(tls: ServerTls): void;
  /** The whole list, whenever it changed. */
  onRevocations(revocations: readonly Revocation[]): void;
  /** Something new is bad: what was there before stays in use. */
  onError(error: unknown): void;
}

export interface WatchOptions {
  readonly now?: Clock;
  /** What the server started with: changes since then are told about, too. */
  readonly initial?: { readonly tls: ServerTls; readonly revocations: readonly Revocation[] };
  /** A key and its certificate are written one after the other: wait until nothing has changed for this long. */
  readonly settleMs?: number;
  /** For file systems that tell nothing: look at the files this often. */
  readonly pollMs?: number;
}

export interface CertificateWatcher {
  /** Resolves when the list of revocations is in use as it was at the call, or a bad one is reported. */
  refreshRevocations(): Promise<void>;
  close(): void;
}

/**
 * Takes over changed `server.crt`, `server.key`, `ca.crt` and `revoked.json` while the server runs.
 *
 * @example
 * const watcher = watchCertificates(dir, { onTls: (tls) => server.reload(tls), onRevocations, onError });
 * // at the end
 * watcher.close();
 */
export function watchCertificates(
  dir: string,
  handlers: CertificateHandlers,
  { now = () => new Date(), initial, settleMs = 200, pollMs = 2000 }: WatchOptions = {},
): CertificateWatcher {
  const tls = follow({
    paths: ['server.crt', 'server.key', 'ca.crt'].map((name) => join(dir, name)),
    settleMs,
    current: initial === undefined ? undefined : tlsContent(initial.tls),
    isBeingChanged: () => isFolderLocked(dir),
    read: () => loadServerTls(dir, { now, allowsExpired: true }), // who uses it knows what is in use
    contentOf: tlsContent,
    onChange: (value) => handlers.onTls(value),
    onError: (error) => handlers.onError(error),
  });
  const listPath = join(dir, revocationFileName);
  let hadList = (initial?.revocations.length ?? 0) > 0;
  const revocations = follow({
    paths: [listPath],
    // Replaced in one step, and urgent.
    settleMs: Math.min(settleMs, 20),
    current: initial === undefined ? undefined : JSON.stringify(initial.revocations),
    isBeingChanged: () => false,
    read: async () => {
      const list = await readRevocations(dir);
      if (list.length === 0 && hadList && !(await exists(listPath))) throw listGone(listPath);
      hadList = list.length > 0;
      return list;
    },
    contentOf: (list) => JSON.stringify(list),
    onChange: (list) => handlers.onRevocations(list),
    onError: (error) => handlers.onError(error),
  });
  const look = (): void => {
    void tls.look();
    void revocations.look();
  };
  const watcher = startWatcher(dir, look);
  const polls = [
    setInterval(() => void tls.look(), pollMs).unref(),
    setInterval(() => void revocations.look(), Math.min(pollMs, maxRevocationPollMs)).unref(),
  ];
  look();
  return {
    refreshRevocations: () => revocations.look(),
    close() {
      watcher?.close();
      for (const poll of polls) clearInterval(poll);
      tls.close();
      revocations.close();
    },
  };
}

/** Looking costs one `stat`, and who was revoked must not wait for it. */
const maxRevocationPollMs = 500;

/** How long a command may take between the first and the last file; one that hangs is not waited for. */
const patienceMs = 10_000;

interface Followed<T> {
  readonly paths: readonly string[];
  readonly settleMs: number;
  /** What is in use; `undefined` to take what is found first for it. */
  readonly current: string | undefined;
  /** Somebody has more to do: what is there now is not meant to be used. */
  readonly isBeingChanged: () => boolean;
  readonly read: () => Promise<T>;
  readonly contentOf: (value: T) => string;
  readonly onChange: (value: T) => void;
  readonly onError: (error: unknown) => void;
}

/** Reads files again when they have changed and settled; reports each bad state once. */
function follow<T>(files: Followed<T>): { look(): Promise<void>; close(): void } {
  let inUse = files.current;
  let handledState: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;
  let lookAgain = false;

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      timer = setTimeout(resolve, files.settleMs).unref();
    });

  const settle = async (): Promise<void> => {
    const state = await stateOf(files.paths);
    if (isClosed || state === handledState) return;
    if (handledState !== undefined || inUse !== undefined) {
      const since = performance.now();
      do await pause();
      while (files.isBeingChanged() && performance.now() - since < patienceMs);
      if ((await stateOf(files.paths)) !== state) {
        lookAgain = true;
        return;
      }
    }
    await take(state);
  };

  const take = async (state: string): Promise<void> => {
    const [found] = await Promise.allSettled([files.read()]);
    // Changed while it was read: what was read, or could not be, may be half of each.
    if ((await stateOf(files.paths)) !== state) {
      lookAgain = true;
      return;
    }
    handledState = state;
    try {
      if (found.status === 'rejected') throw found.reason;
      const content = files.contentOf(found.value);
      const isChanged = inUse !== undefined && content !== inUse;
      if (!isClosed && isChanged) files.onChange(found.value);
      inUse = content;
    } catch (error) {
      if (!isClosed) files.onError(error);
    }
  };

  const run = async (): Promise<void> => {
    while (lookAgain && !isClosed) {
      lookAgain = false;
      await settle();
    }
    running = undefined;
  };

  const look = (): Promise<void> => {
    if (isClosed) return Promise.resolve();
    lookAgain = true;
    return (running ??= run());
  };

  return {
    look,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Changes whenever one of the files does: also for a rename of the same size within one tick of the clock. */
async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
        return [ino, size, mtimeNs, ctimeNs].join(':');
      } catch (error) {
        return systemErrorCode(error) ?? 'unknown';
      }
    }),
  );
  return states.join(' ');
}

/** The folder is watched, not the files, because files are replaced by renaming. */
function startWatcher(dir: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close()); // polling goes on
    return watcher;
  } catch {
    return undefined; // out of watches, or a file system without: polling remains
  }
}

function tlsContent({ cert, key, ca }: ServerTls): string {
  return JSON.stringify([cert, key, ca]);
}

function listGone(path: string): DomainError {
  return new DomainError('configuration', `${path} is gone`, {
    remedy:
      'Restore it from a backup. Until then the list that was read before stays in use; a restart would forget it.',
  });
}
