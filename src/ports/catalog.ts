import type { Bundle } from '../core/bundle';
import type { NewEvent } from '../core/event';
import type { Activation, NewActivation, Release } from '../core/release';
import type { FailureReason, ReleaseEnd, ReleaseEnding } from '../core/release-end';
import type { Outcomes } from '../core/release-outcome';
import type { Rollout, RolloutPolicy } from '../core/rollout';
import type { RolloutCount } from '../core/rollout-count';
import type { Watch } from './watch';

/** A change that is saved as a whole or not at all. */
export interface CatalogChange {
  /** Added, or brought up to date; a deleted one comes back. */
  readonly bundle?: Bundle;
  /** What happens to a release, with its line of history. */
  readonly activation?: NewActivation;
  /** The release that the activation brings back; by default, the activation makes a new one. */
  readonly returning?: { readonly releaseId: number; readonly rollout: Rollout };
  /** How the release that the activation replaces ends; default: by the activation itself. */
  readonly ending?: ReleaseEnding;
  /** How the activated bundle reaches its devices; default: everyone at once. */
  readonly policy?: RolloutPolicy;
  /** A step that the rollout of a current release takes. */
  readonly rollout?: { readonly releaseId: number; readonly rollout: Rollout };
  /** Decides within the transaction whether the change may still happen. */
  readonly guard?: OfferGuard;
  /** Lines of the journal; they may name the activation that has its number now. */
  readonly events?: (activation: Activation | undefined) => readonly NewEvent[];
}

/** Allows a change depending on whether a device was offered a release. */
export interface OfferGuard {
  readonly releaseId: number;
  /**
   * Throws when the change must no longer happen. It may read only its arguments and memory, changes nothing, and may be called
   * again.
   * @param wasOffered within the transaction
   */
  check(wasOffered: boolean): void;
}

/** Who still needs a bundle that is current nowhere. */
export interface BundleNeeds {
  /** How many devices were offered the bundle or are installing it, and may still ask for it. */
  readonly askingDevices: number;
  /** Ids of the devices that are pinned to it. */
  readonly pinnedDevices: readonly string[];
}

/** A deleted bundle. Its row stays, so the name remains bound to its bytes. */
export interface Tombstone {
  readonly name: string;
  /** Offers that have ended by then do not count. */
  readonly at: Date;
  readonly by: string;
  readonly events: readonly NewEvent[];
  /** Called within the transaction. Throws when the bundle must stay. It changes nothing, and may be called again. */
  readonly check?: (needs: BundleNeeds) => void;
}

/** What was known when a change was decided. */
interface Decided {
  /** Called within the transaction. Returns the version of the catalog on which the decision was based; default: any. */
  readonly decidedOn?: () => number;
}

export interface RecordedTombstone extends Tombstone, Decided {
  /** Called as soon as the change is committed, before anything else happens. @param version of the catalog after the change */
  readonly committed: (version: number) => void;
}

export interface RecordedChange extends CatalogChange, Decided {
  /** Called as soon as the change is committed, before anything else happens. @param version of the catalog after the change */
  readonly committed: (activation: Activation | undefined, version: number) => void;
}

/** Bundles and releases at one moment. */
export interface CatalogSnapshot {
  /** Grows with each change. */
  readonly version: number;
  /** Without deleted ones. */
  readonly bundles: readonly Bundle[];
  readonly releases: readonly Release[];
}

export interface HistoryFilter {
  readonly compatible?: string;
  readonly channel?: string;
  /** A bundle that was made current. */
  readonly activated?: string;
  readonly limit: number;
  readonly beforeId?: number;
}

/** Stores the catalog. */
export interface CatalogRecords {
  /** Whether other nodes may change it. */
  readonly isShared: boolean;
  /**
   * All bundles that are not deleted, and all releases, at one moment. One transaction that reads `SELECT … FROM bundles WHERE
   * deleted_at IS NULL` and `SELECT … FROM releases LEFT JOIN rollouts …` under `REPEATABLE READ`
   */
  load(): Promise<CatalogSnapshot>;
  /** The current version, which another node may have made. `SELECT version FROM catalog_version` */
  version(): Promise<number>;
  /**
   * Calls `look` soon after another node has changed the catalog. `LISTEN catalog`, and every second
   * @param look is called again later if it rejects
   */
  watch(look: () => Promise<void>): Watch;
  /** The bytes bound to a name, even if the bundle was deleted. `SELECT sha256, deleted_at FROM bundles WHERE name = $1` */
  binding(name: string): Promise<{ readonly sha256: string; readonly deletedAt: Date | null } | undefined>;
  /**
   * `UPDATE catalog_version SET version = version + 1 RETURNING version`, which applies changes one at a time and none that was
   * decided on an older version; the guard asks `SELECT EXISTS (SELECT 1 FROM release_outcomes WHERE release_id = $1)`; then
   * `INSERT INTO bundles … ON CONFLICT (name) DO UPDATE … WHERE sha256 = excluded.sha256`, `INSERT INTO release_ends … SELECT …`
   * for what the activation ends, `INSERT INTO activations … RETURNING *`, `releases` and `rollouts` by `ON CONFLICT … DO
   * UPDATE`, and the lines
   * @throws DomainError `catalog-changed` when it was decided on an older version; `storage-full`, `unavailable`; what the guard throws
   */
  commit(change: RecordedChange): Promise<Activation | undefined>;
  /**
   * Deletes a bundle. The version as in {@link commit}; `SELECT … FROM bundles WHERE name = $1 FOR UPDATE`, against which pins
   * and offers hold `FOR SHARE`; the check receives `SELECT count(DISTINCT device) FROM installations WHERE bundle = $1 AND …`
   * and `SELECT id FROM devices WHERE pin_bundle = $1 ORDER BY id`; then `UPDATE bundles SET deleted_at = $2, deleted_by = $3
   * WHERE name = $1`, and the lines
   * @throws DomainError `catalog-changed` when it was decided on an older version; `storage-full`, `unavailable`; what the check throws
   */
  tombstone(tombstone: RecordedTombstone): Promise<void>;
  /**
   * Keeps the last count of a rollout's devices, the only record of them once the release has ended.
   * `UPDATE rollouts SET counted = $2 WHERE release_id = $1`
   * @throws DomainError `storage-full`, `unavailable`
   */
  saveCount(releaseId: number, count: RolloutCount): Promise<void>;
  /** Newest first. `SELECT * FROM activations WHERE id < $1 AND compatible = $2 AND … ORDER BY id DESC LIMIT $3` */
  history(filter: HistoryFilter): Promise<readonly Activation[]>;
}

/** The outcome of a release. It is kept when another release replaces it. */
export interface ReleaseResult {
  readonly rollout: Rollout;
  readonly outcomes: Outcomes;
  /** What replaced this line of the history; `null` while it is the last. */
  readonly end: ReleaseEnd | null;
  /** The state of the rollout at the end of this line. Its state now differs if the release was brought back since. */
  readonly left: Pick<Rollout, 'state' | 'step' | 'reason' | 'completedAt'>;
  /** The last count of its devices; `null` when they were never counted. */
  readonly count: RolloutCount | null;
  /** The most frequent reasons first; a bounded number. */
  readonly failures: readonly FailureReason[];
}

/** The outcomes of releases, including past ones. */
export interface ReleaseResults {
  /**
   * Results by the id of the line. Lines that ended a release have none. `SELECT … FROM activations LEFT JOIN rollouts … WHERE id
   * = ANY($1)` with `lead(at) OVER (PARTITION BY compatible, channel ORDER BY id)`, `SELECT … FROM release_ends WHERE line =
   * ANY($1)`, and `SELECT … FROM release_outcomes WHERE release_id = ANY($2)`
   */
  of(lines: readonly Activation[]): Promise<ReadonlyMap<number, ReleaseResult>>;
  /**
   * Whether any device was ever offered a release, as far as the database knows. `SELECT EXISTS (SELECT 1 FROM release_outcomes
   * WHERE release_id = $1)`
   */
  wasOffered(releaseId: number): Promise<boolean>;
  /**
   * Whether a bundle was proven on any device, whatever release offered it, or a device of its compatible runs its version.
   * `SELECT EXISTS (… installations …) OR EXISTS (… activations JOIN release_outcomes …) OR EXISTS (… devices …)`
   * @param version `null` when the version says nothing about the bundle
   */
  isProven(
    bundle: Pick<Bundle, 'name' | 'compatible'> & { readonly version: string | null },
  ): Promise<boolean>;
}
