import type { Bundle } from '../core/bundle';
import type { NewEvent } from '../core/event';
import type { Activation, NewActivation, Release } from '../core/release';
import type { Outcomes } from '../core/release-outcome';
import type { Rollout, RolloutPolicy } from '../core/rollout';

/** A change that lasts as a whole or not at all. */
export interface CatalogChange {
  /** Added, or brought up to date; a deleted one comes back. */
  readonly bundle?: Bundle;
  /** What happens to a release, with the line of history that tells it. */
  readonly activation?: NewActivation;
  /** The release that the activation brings back; it makes a new one when left out. */
  readonly returning?: { readonly releaseId: number; readonly rollout: Rollout };
  /** How the activated bundle reaches its devices; everyone at once when left out. */
  readonly policy?: RolloutPolicy;
  /** A step that the rollout of a current release takes. */
  readonly rollout?: { readonly releaseId: number; readonly rollout: Rollout };
  /** Asked in the transaction: it throws when the change must not happen any more. It changes nothing. */
  readonly check?: () => void;
  /** Lines of the journal; they may name the activation that has its number now. */
  readonly events?: (activation: Activation | undefined) => readonly NewEvent[];
}

export interface RecordedChange extends CatalogChange {
  /** Called as soon as it is committed, before anything else happens. */
  readonly committed: (activation: Activation | undefined) => void;
}

export interface HistoryFilter {
  readonly compatible?: string;
  readonly channel?: string;
  /** A bundle that was made current. */
  readonly activated?: string;
  readonly limit: number;
  readonly beforeId?: number;
}

/** Where the catalog lasts. */
export interface CatalogRecords {
  /** All bundles that are not deleted, and all releases. */
  load(): Promise<{ readonly bundles: readonly Bundle[]; readonly releases: readonly Release[] }>;
  /** The bytes that a name is bound to, also when the bundle was deleted. */
  binding(name: string): Promise<{ readonly sha256: string; readonly deletedAt: Date | null } | undefined>;
  /** @throws DomainError `storage-full`, `unavailable` */
  commit(change: RecordedChange): Promise<Activation | undefined>;
  /** Marks a bundle as deleted: its row stays, and with it whose bytes the name stands for. @throws DomainError `storage-full`, `unavailable` */
  tombstone(name: string, at: Date, by: string, events: readonly NewEvent[]): Promise<void>;
  /** Newest first. */
  history(filter: HistoryFilter): readonly Activation[];
}

/** What a release came to. It stays known when another one takes its place. */
export interface ReleaseResult {
  readonly rollout: Rollout;
  readonly outcomes: Outcomes;
  /** When something else took the place of this line of the history; `null` while it is the last. */
  readonly endedAt: Date | null;
}

/** What releases came to, also those that are over. */
export interface ReleaseResults {
  /** By the id of the line; lines that ended a release have none. */
  of(lines: readonly Activation[]): ReadonlyMap<number, ReleaseResult>;
  /** Whether any device was ever offered a release, as far as that was written. */
  wasOffered(releaseId: number): boolean;
  /**
   * Whether a bundle was proven on any device, whatever it was offered for, or a device of its compatible runs its version.
   * @param version `null` when it says nothing about the bundle
   */
  isProven(bundle: Pick<Bundle, 'name' | 'compatible'> & { readonly version: string | null }): boolean;
}
