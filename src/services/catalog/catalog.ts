import { isDeepStrictEqual } from 'node:util';
import { SerialQueue } from '../../base/collections/serial-queue';
import { compareNaturally } from '../../base/text/natural-order';
import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { Activation, Release } from '../../core/release';
import { beginRollout, everyoneAtOnce, type Rollout, type RolloutPolicy } from '../../core/rollout';
import type { RolloutCount } from '../../core/rollout-count';
import type {
  CatalogChange,
  CatalogRecords,
  CatalogSnapshot,
  HistoryFilter,
  Tombstone,
} from '../../ports/catalog';

/** A release with the name of its bundle, which may be lost. */
export type Current = Omit<Release, 'bundle'> & { readonly bundleName: string };

/** How often a change is decided at most while other nodes keep changing the catalog. */
const maxDecisions = 10;

/**
 * Bundles and releases in memory, as they were committed. Devices are answered from here. A process makes one change at a time.
 * Other processes may change the same catalog, which its version shows.
 *
 * A bundle whose file is gone is lost: it is neither found nor offered until its bytes come back.
 */
export class Catalog {
  readonly #bundles = new Map<string, Bundle>();
  readonly #current = new Map<string, Current>();
  readonly #lost = new Set<string>();
  #releases: ReadonlyMap<string, readonly Release[]> = new Map();
  readonly #changes = new SerialQueue();
  #version = 0;
  /** The version known to the work of {@link exclusively}. Its own commits change it, reloads do not. */
  #known = { version: 0 };
  #loading: Promise<void> | undefined;
  #reloaded = (): void => undefined;

  private constructor(private readonly records: CatalogRecords) {}

  static async load(records: CatalogRecords): Promise<Catalog> {
    const catalog = new Catalog(records);
    catalog.#replace(await records.load());
    return catalog;
  }

  /** Calls back after each change that another process made. */
  whenReloaded(callback: () => void): void {
    this.#reloaded = callback;
  }

  /**
   * Loads it again if another process has changed it.
   * @param version the least that it must have; default: the one in the database
   * @throws DomainError `unavailable`
   */
  async catchUp(version?: number): Promise<void> {
    const wanted = version ?? (await this.records.version());
    if (this.#version >= wanted) return;
    await this.#loading?.catch(() => undefined); // a load under way may have begun too early
    if (this.#version < wanted) await (this.#loading ??= this.#reload());
  }

  /** Whether other processes may change it. */
  get isShared(): boolean {
    return this.records.isShared;
  }

  /** The version from which devices are answered. */
  get version(): number {
    return this.#version;
  }

  /** A bundle that can be served. */
  find(name: string): Bundle | undefined {
    return this.#lost.has(name) ? undefined : this.#bundles.get(name);
  }

  /** A known bundle, whether or not its file is present. */
  findKnown(name: string): Bundle | undefined {
    return this.#bundles.get(name);
  }

  /** @throws DomainError `not-found` */
  get(name: string): Bundle {
    const bundle = this.find(name);
    if (bundle === undefined) throw noBundle(name);
    return bundle;
  }

  bundles(): readonly Bundle[] {
    return [...this.#bundles.values()].filter(({ name }) => !this.#lost.has(name));
  }

  /** The releases of one compatible, in every channel. */
  releasesOf(compatible: string): readonly Release[] {
    return this.#releases.get(compatible) ?? [];
  }

  /** What is current on a compatible's channel. */
  findCurrent(compatible: string, channel: string): Release | undefined {
    return this.releasesOf(compatible).find((release) => release.channel === channel);
  }

  /** Compatibles with a release. */
  compatibles(): readonly string[] {
    return [...this.#releases.keys()];
  }

  /** By compatible, then channel. */
  releases(): readonly Release[] {
    return [...this.#releases.values()]
      .flat()
      .sort((a, b) => compareNaturally(a.compatible, b.compatible) || compareNaturally(a.channel, b.channel));
  }

  /** Everything current, even if its bundle is lost: it resumes when the bytes come back. */
  allCurrent(): readonly Current[] {
    return [...this.#current.values()];
  }

  /** Of {@link Catalog.allCurrent}. */
  releaseIds(): readonly number[] {
    return [...this.#current.values()].map(({ id }) => id);
  }

  /** A release that is current. */
  findRelease(id: number): Release | undefined {
    for (const releases of this.#releases.values()) {
      const found = releases.find((release) => release.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Names the current bundle, even if it is lost. */
  currentName(compatible: string, channel: string): string | undefined {
    return this.#current.get(keyOf({ compatible, channel }))?.bundleName;
  }

  /** The current release, even if its bundle is lost. */
  currentId(compatible: string, channel: string): number | undefined {
    return this.#current.get(keyOf({ compatible, channel }))?.id;
  }

  /** Where a bundle is current, even if it is lost. */
  usesOf(name: string): readonly { readonly compatible: string; readonly channel: string }[] {
    return [...this.#current.values()]
      .filter((current) => current.bundleName === name)
      .map(({ compatible, channel }) => ({ compatible, channel }));
  }

  /** Whether another bundle, lost or not, has the same bytes. */
  hasOther({ name, sha256 }: Pick<Bundle, 'name' | 'sha256'>): boolean {
    return [...this.#bundles.values()].some((other) => other.sha256 === sha256 && other.name !== name);
  }

  binding(name: string): ReturnType<CatalogRecords['binding']> {
    return this.records.binding(name);
  }

  history(filter: HistoryFilter): Promise<readonly Activation[]> {
    return this.records.history(filter);
  }

  /**
   * Runs work that decides and commits, after all earlier work of this process. If another process was faster, nothing is
   * committed, and the work runs again on the changed catalog.
   * @throws DomainError `catalog-changed` if others were faster each time; `unavailable`
   */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#changes.run(async () => {
      for (let decision = 1; ; decision += 1) {
        await this.catchUp();
        this.#known = { version: this.#version };
        try {
          return await work();
        } catch (error) {
          if (decision === maxDecisions || !isDecidedAgain(error)) throw error;
        }
      }
    });
  }

  /** Waits for all work of {@link exclusively} requested so far. */
  idle(): Promise<void> {
    return this.#changes.run(() => Promise.resolve());
  }

  /** Commits a change and makes it visible, with nothing in between. Call it inside {@link Catalog.exclusively}. */
  commit(change: CatalogChange): Promise<Activation | undefined> {
    const policy = change.policy ?? everyoneAtOnce;
    const isNew = change.activation?.action === 'activate' && change.returning === undefined;
    const known = this.#known;
    return this.records.commit({
      ...change,
      ...(isNew ? { policy } : {}),
      decidedOn: () => known.version,
      committed: (activation, version) => {
        known.version = version;
        if (change.bundle !== undefined) this.#lost.delete(change.bundle.name);
        this.#committed(version, () => this.#show(change, policy, activation));
      },
    });
  }

  /** Makes visible what this process has committed, unless it is already loaded. */
  #committed(version: number, show: () => void): void {
    if (version > this.#version) {
      show();
      this.#version = version;
    }
    this.#index();
  }

  #show(
    { bundle, rollout, returning }: CatalogChange,
    policy: RolloutPolicy,
    activation: Activation | undefined,
  ): void {
    if (bundle !== undefined) this.#bundles.set(bundle.name, bundle);
    if (activation !== undefined) {
      this.#apply(activation, returning?.rollout ?? beginRollout(policy, activation.by, activation.at));
    }
    if (rollout !== undefined) this.#applyRollout(rollout.releaseId, rollout.rollout);
  }

  /** Keeps the last count of a rollout's devices. @throws DomainError `storage-full`, `unavailable` */
  saveCount(releaseId: number, count: RolloutCount): Promise<void> {
    return this.records.saveCount(releaseId, count);
  }

  /** Deletes a bundle. Its tombstone stays and keeps the name bound to the bytes. Call it inside {@link Catalog.exclusively}. */
  tombstone(tombstone: Tombstone): Promise<void> {
    const { name } = tombstone;
    const known = this.#known;
    return this.records.tombstone({
      ...tombstone,
      decidedOn: () => known.version,
      committed: (version) => {
        known.version = version;
        this.#lost.delete(name);
        this.#committed(version, () => this.#bundles.delete(name));
      },
    });
  }

  /** Stops serving a bundle whose file is gone. */
  markLost(name: string): void {
    this.#lost.add(name);
    this.#index();
  }

  isLost(name: string): boolean {
    return this.#lost.has(name);
  }

  /** Bundles whose files are gone. */
  lostBundles(): readonly Bundle[] {
    return [...this.#bundles.values()].filter(({ name }) => this.#lost.has(name));
  }

  /** Serves a bundle again whose file is back. */
  markFound(name: string): void {
    this.#lost.delete(name);
    this.#index();
  }

  #reload(): Promise<void> {
    return this.records
      .load()
      .then((snapshot) => {
        if (snapshot.version <= this.#version) return;
        this.#replace(snapshot);
        this.#reloaded();
      })
      .finally(() => {
        this.#loading = undefined;
      });
  }

  #replace({ version, bundles, releases }: CatalogSnapshot): void {
    const known = new Map(this.#bundles);
    this.#bundles.clear();
    for (const bundle of bundles) this.#bundles.set(bundle.name, sameOrNew(known.get(bundle.name), bundle));
    for (const name of this.#lost) if (!this.#bundles.has(name)) this.#lost.delete(name);
    this.#current.clear();
    for (const { bundle, ...release } of releases)
      this.#current.set(keyOf(release), { ...release, bundleName: bundle.name });
    this.#version = version;
    this.#index();
  }

  #apply(
    { releaseId, compatible, channel, action, bundleName, at, by, forced }: Activation,
    rollout: Rollout,
  ): void {
    const key = keyOf({ compatible, channel });
    if (action === 'deactivate' || bundleName === null || releaseId === null) {
      this.#current.delete(key);
      return;
    }
    this.#current.set(key, {
      id: releaseId,
      compatible,
      channel,
      bundleName,
      releasedAt: at,
      releasedBy: by,
      forced,
      rollout,
    });
  }

  #applyRollout(releaseId: number, rollout: Rollout): void {
    for (const [key, current] of this.#current) {
      if (current.id === releaseId) this.#current.set(key, { ...current, rollout });
    }
  }

  #index(): void {
    const releases = new Map<string, Release[]>();
    for (const { bundleName, ...current } of this.#current.values()) {
      const bundle = this.find(bundleName);
      if (bundle === undefined) continue;
      const sameCompatible = releases.get(current.compatible) ?? [];
      releases.set(current.compatible, [...sameCompatible, { ...current, bundle }]);
    }
    this.#releases = releases;
  }
}

/** Whether another process has changed the catalog, so nothing was committed and {@link Catalog.exclusively} decides again. */
export function isDecidedAgain(error: unknown): boolean {
  return error instanceof DomainError && error.reason?.code === 'catalog-changed';
}

/** An unchanged bundle stays the same object, because background work compares objects to notice changes. */
function sameOrNew(known: Bundle | undefined, loaded: Bundle): Bundle {
  if (known === undefined || isDeepStrictEqual(known, loaded)) return known ?? loaded;
  const { inspection, imageCheck } = known;
  return {
    ...loaded,
    inspection: isDeepStrictEqual(inspection, loaded.inspection) ? inspection : loaded.inspection,
    imageCheck: isDeepStrictEqual(imageCheck, loaded.imageCheck) ? imageCheck : loaded.imageCheck,
  };
}

export function noBundle(name: string): DomainError {
  return DomainError.of('no-such-bundle', { name: name.slice(0, 200) });
}

function keyOf({ compatible, channel }: { readonly compatible: string; readonly channel: string }): string {
  return JSON.stringify([compatible, channel]);
}
