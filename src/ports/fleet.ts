import type { DeviceRecord } from '../core/device-record';
import type { InstallationState } from '../core/installation-states';
import type { Clock } from './clock';
import type { DeviceUpdates, ReleaseNumbers } from './device-updates';
import type { FleetDecisions } from './fleet-decisions';
import type { Log } from './log';

/** The devices, as contacts and people change them. How it keeps them, and what of them in memory, is its own. */
export interface Fleet extends DeviceUpdates {
  readonly decisions: FleetDecisions;
  /** As {@link Fleet.find}. @throws DomainError `not-found` */
  get(id: string): Promise<DeviceRecord>;
  /**
   * What releases are at now, for people and rollouts; an update is given them as of its own moment.
   * `SELECT release_id, count(*) FILTER (WHERE state = ANY($1)), … FROM installations WHERE release_id = ANY($2) GROUP BY release_id`
   */
  releases(): Promise<ReleaseNumbers>;
  /** Whether this node has offered a release to a device since it started; the database knows other nodes' offers. It costs nothing. */
  hasOffered(releaseId: number): boolean;
  /**
   * Recounts a release that becomes current again. A database that counts on demand has nothing to do.
   * @throws DomainError `storage-full`, `unavailable` when its changes cannot be written
   */
  recount(releaseId: number): Promise<void>;
  /** How many installations have come to each state on this node since its start. */
  reached(): ReadonlyMap<InstallationState, number>;
  /**
   * Writes what is batched, and retries what could not be written. Call it about once a second.
   * @throws DomainError `storage-full`, `unavailable`
   */
  flush(): Promise<void>;
  /** How many devices have changes that could not be written. They are still answered. */
  unsavedDevices(): number;
  /** Writes what is left, as far as possible. Close the store after it. */
  close(): Promise<void>;
}

export interface FleetOptions {
  /** Releases that are current at the start. */
  readonly releaseIds: readonly number[];
  readonly log: Log;
  /** The longest time that an offer stands, in milliseconds. */
  readonly offerLifetimeMs: number;
  readonly now: Clock;
  /** How long the server has been up, in milliseconds: it grows evenly, even when the clock is set. */
  readonly ageMs: () => number;
  /**
   * Loads the catalog again if it is older than the one in the database. Called before a device is decided about, with the version
   * that was read together with the device.
   * @throws DomainError `unavailable`
   */
  readonly catchUp: (catalogVersion: number) => Promise<void>;
  /** Told about each device whose journal lines are counted rather than written. */
  readonly onRepeats?: (deviceId: string) => void;
}

/** Opens the fleet of a store, once. @throws DomainError `unavailable` */
export type OpenFleet = (options: FleetOptions) => Promise<Fleet>;
