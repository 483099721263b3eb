import path from 'node:path';
import type { Config } from '../config/config';
import { isBundleStoreAway } from '../core/bundle-store-away';
import { DomainError } from '../core/errors';
import type { S3Address } from '../core/s3-address';
import type { BundleStoreStatus } from '../ports/bundle-store';
import type { Clock, MonotonicClock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Chore } from '../services/run-chores';
import type { BundlesElsewhere, ElsewhereParts } from '../store/bundles-elsewhere';
import { type OpenedS3Bundles, openS3Bundles } from '../store/s3/open-s3-bundles';
import { S3Error, withStore } from '../store/s3/s3-error';
import { StoreHealth } from '../store/s3/store-health';
import { type ObjectStoreAccess, objectStoreAccess } from './object-store-options';

/** How long to wait for a store that starts together with this server, in milliseconds. */
const startPatienceMs = 5_000;
const checkEveryMs = 15_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
/** A multipart upload that began this long ago, in milliseconds, was left by a server that was killed. */
const abandonedMs = 24 * hourMs;

export interface ObjectStoreParts {
  readonly config: Config;
  readonly address: S3Address;
  readonly log: Log;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

/** The object store that keeps the bundles of a running server. */
export class ObjectStore {
  readonly #health = new StoreHealth();
  #opened: (OpenedS3Bundles & Pick<ElsewhereParts, 'deleted'>) | undefined;

  private constructor(
    private readonly parts: ObjectStoreParts,
    private readonly access: ObjectStoreAccess,
  ) {}

  /** @throws DomainError `configuration` */
  static async prepare(parts: ObjectStoreParts): Promise<ObjectStore> {
    return new ObjectStore(parts, await objectStoreAccess(parts.config, parts.address));
  }

  /**
   * Opens the bundles, and asks the store whether it works. A store that does not answer may come back, so the server starts
   * without it.
   * @throws DomainError `unavailable` when the store refuses, or cannot be the one that BUNDLE_STORE means; `storage-full`
   */
  async open({ deleted, ...records }: ElsewhereParts): Promise<BundlesElsewhere> {
    const { config, log, now, monotonicMs } = this.parts;
    const folder = cacheFolderOf(config);
    const opened = await openS3Bundles({
      ...records,
      ...this.access,
      dataDir: config.dataDir,
      cacheDir: folder,
      cacheBytes: config.bundleCacheSize,
      onWrongBytes: (sha256) =>
        log.error({ sha256 }, 'the object store returned wrong bytes of a bundle: they are not served'),
      onTry: (error) => this.#note(error),
      now,
      monotonicMs,
    });
    this.#opened = { ...opened, deleted };
    await withStore(() => opened.objects.check(startPatienceMs)).catch((error: unknown) =>
      this.#mayBeAway(error),
    );
    return { bundles: opened.bundles, folder };
  }

  status(): BundleStoreStatus {
    return { problem: this.#health.problem, cacheBytes: this.#opened?.cache.usedBytes ?? 0 };
  }

  chores(): readonly Chore[] {
    return [
      {
        name: 'bundle-store',
        everyMs: checkEveryMs,
        retryMs: checkEveryMs,
        runsOn: 'every-node',
        isWaitedFor: false,
        limitMs: minuteMs,
        run: async () => await this.#opened?.bundles.check(),
      },
      {
        name: 'bundle-store-tidy',
        everyMs: hourMs,
        retryMs: minuteMs,
        runsOn: 'leader',
        isWaitedFor: false,
        limitMs: hourMs,
        run: () => this.#tidy(),
      },
    ];
  }

  async close(): Promise<void> {
    await this.#opened?.bundles.close();
  }

  async #tidy(): Promise<void> {
    if (this.#opened === undefined) return;
    const { bundles, deleted } = this.#opened;
    const { log, now } = this.parts;
    const removed = await bundles.tidy(await deleted(), new Date(now().getTime() - abandonedMs));
    if (removed > 0) log.info({ removed }, 'leftovers in the object store were removed');
  }

  /** @throws the error, unless the store may come back by itself */
  #mayBeAway(error: unknown): void {
    if (!isBundleStoreAway(error)) throw error;
    if (error.cause instanceof S3Error && error.cause.code === 'ENOTFOUND') {
      const { hostname: host } = new URL(this.access.location.endpoint);
      throw DomainError.of('bundle-store-host', { host }, { cause: error });
    }
    this.parts.log.warn(
      { err: error },
      'the object store does not answer: the server starts without it, and serves the bundles in its cache',
    );
  }

  #note(error: unknown): void {
    const before = this.#health.problem;
    this.#health.note(error);
    const { problem } = this.#health;
    if (before === null && problem !== null)
      this.parts.log.warn({ err: problem }, 'the object store fails: it is tried again');
    if (before !== null && problem === null) this.parts.log.info({}, 'the object store works again');
  }
}

function cacheFolderOf({ bundleCacheDir, dataDir }: Config): string {
  return bundleCacheDir ?? path.join(dataDir, 'bundle-cache');
}
