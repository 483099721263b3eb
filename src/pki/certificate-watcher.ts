import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import { exists } from './file-pair';
import { FollowedFiles } from './followed-files';
import { isFolderLocked } from './folder-lock';
import { readRevocations, revocationFileName } from './revocation-list';
import { loadServerTls, type ServerTls } from './server-tls';
import type { Clock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';

/** A look costs one `stat`, and a revocation must take effect without delay. */
const maxRevocationPollMs = 500;
/** The list is replaced in one step, and is urgent. */
const maxRevocationSettleMs = 20;

export interface CertificateHandlers {
  onTls(tls: ServerTls): void;
  /** Called with the whole list, whenever it has changed. */
  onRevocations(revocations: readonly Revocation[]): void;
  /** Called when new files are bad: the old ones stay in use. */
  onError(error: unknown): void;
}

export interface WatchOptions {
  readonly now?: Clock;
  /** What is known of certificates besides what is in the folder. */
  readonly shared?: SharedCertificates | undefined;
  /** What the server started with. Changes since then are reported, too. */
  readonly initial?: { readonly tls: ServerTls; readonly revocations: readonly Revocation[] };
  /** A key and its certificate are written one after the other: wait until nothing has changed for this long. */
  readonly settleMs?: number;
  /** For file systems without notifications: how often to check the files. */
  readonly pollMs?: number;
}

/**
 * Applies changes to `server.crt`, `server.key`, `ca.crt` and `revoked.json` while the server runs.
 *
 * @example
 * const watcher = new CertificateWatcher(dir, { onTls: (tls) => server.reload(tls), onRevocations, onError });
 * // at the end
 * watcher.close();
 */
export class CertificateWatcher {
  readonly #tls: FollowedFiles<ServerTls>;
  readonly #revocations: FollowedFiles<readonly Revocation[]>;
  readonly #watcher: FSWatcher | undefined;
  readonly #polls: readonly NodeJS.Timeout[];
  /** Whether the list of revocations had lines when it was last read: if so, it must not disappear. */
  #hadList: boolean;

  constructor(
    private readonly dir: string,
    handlers: CertificateHandlers,
    { now = () => new Date(), shared, initial, settleMs = 200, pollMs = 2000 }: WatchOptions = {},
  ) {
    const onError = (error: unknown) => handlers.onError(error);
    this.#hadList = (initial?.revocations.length ?? 0) > 0;
    this.#tls = new FollowedFiles({
      paths: ['server.crt', 'server.key', 'ca.crt'].map((name) => join(dir, name)),
      settleMs,
      current: initial === undefined ? undefined : tlsContent(initial.tls),
      isBeingChanged: () => isFolderLocked(dir),
      read: () => loadServerTls(dir, { now, shared, allowsExpired: true }), // the handler knows what is in use, and judges expiry
      contentOf: tlsContent,
      onChange: (tls) => handlers.onTls(tls),
      onError,
    });
    this.#revocations = new FollowedFiles({
      paths: [join(dir, revocationFileName)],
      settleMs: Math.min(settleMs, maxRevocationSettleMs),
      current: initial === undefined ? undefined : JSON.stringify(initial.revocations),
      isBeingChanged: () => false,
      read: () => this.#readList(),
      contentOf: (list) => JSON.stringify(list),
      onChange: (list) => handlers.onRevocations(list),
      onError,
    });
    const lookAtTls = () => void this.#tls.look();
    const lookAtList = () => void this.#revocations.look();
    const look = () => {
      lookAtTls();
      lookAtList();
    };
    this.#watcher = startWatcher(dir, look);
    this.#polls = [
      setInterval(lookAtTls, pollMs).unref(),
      setInterval(lookAtList, Math.min(pollMs, maxRevocationPollMs)).unref(),
    ];
    look();
  }

  /** Resolves when the list of revocations, as it was at the call, is in use or has been reported as bad. */
  refreshRevocations(): Promise<void> {
    return this.#revocations.look();
  }

  close(): void {
    this.#watcher?.close();
    for (const poll of this.#polls) clearInterval(poll);
    this.#tls.close();
    this.#revocations.close();
  }

  /** @throws DomainError `configuration` when a list that was there before is missing */
  async #readList(): Promise<readonly Revocation[]> {
    const path = join(this.dir, revocationFileName);
    const list = await readRevocations(this.dir);
    if (list.length === 0 && this.#hadList && !(await exists(path))) throw listGone(path);
    this.#hadList = list.length > 0;
    return list;
  }
}

/** The folder is watched, not the files, because files are replaced by renaming. */
function startWatcher(dir: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close()); // polling continues
    return watcher;
  } catch {
    return undefined; // out of watches, or a file system without them: polling remains
  }
}

function tlsContent({ cert, key, ca }: ServerTls): string {
  return JSON.stringify([cert, key, ca]);
}

function listGone(path: string): DomainError {
  return DomainError.of('revocation-list-gone', { file: path });
}
