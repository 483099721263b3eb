import type { DeviceRecord } from '../core/device-record';
import type { InstallationState } from '../core/installation-states';
import type { Clock } from './clock';
import type { DeviceUpdates, ReleaseNumbers } from './device-updates';
import type { FleetDecisions } from './fleet-decisions';
import type { Log } from './log';

/**
 * The devices, as contacts and people change them. How they are stored, and what is kept in memory, is up to the implementation.
 */
export interface Fleet extends DeviceUpdates {
  readonly decisions: FleetDecisions;
  /** As {@link Fleet.find}. @throws DomainError `not-found` */
  get(id: string): Promise<DeviceRecord>;
  /**
   * Calls back with the current counts of releases, for people and rollouts. Updates get the counts of their own moment. A database
   * counts only what is asked for, and then calls back again: `use` is pure and synchronous.
   */
  counting<Result>(use: (numbers: ReleaseNumbers) => Result): Promise<Result>;
  /** Whether this node has offered a release to a device since it started; the database knows other nodes' offers. It costs nothing. */
  hasOffered(releaseId: number): boolean;
  /**
   * Recounts a release that becomes current again. Does nothing if the database counts on demand.
   * @throws DomainError `storage-full`, `unavailable` when its changes cannot be written
   */
  recount(releaseId: number): Promise<void>;
  /** How many installations have reached each state on this node since its start. */
  reached(): ReadonlyMap<InstallationState, number>;
  /**
   * Writes what is batched, and retries what could not be written. Call it about once a second.
   * @throws DomainError `storage-full`, `unavailable`
   */
  flush(): Promise<void>;
  /** How many devices have changes that could not be written. They are still answered. */
  unsavedDevices(): number;
  /** Writes what is left, as far as possible. Close the store afterwards. */
  close(): Promise<void>;
}

export interface FleetOptions {
  /** Releases that are current at the start. */
  readonly releaseIds: readonly number[];
  readonly log: Log;
  /** How long an offer stands at most, in milliseconds. */
  readonly offerLifetimeMs: number;
  readonly now: Clock;
  /** How long the server has been up, in milliseconds: setting the clock does not change it. */
  readonly ageMs: () => number;
  /**
   * Loads the catalog again if it is older than the one in the database. Called before a decision about a device, with the
   * version that was read together with the device.
   * @throws DomainError `unavailable`
   */
  readonly catchUp: (catalogVersion: number) => Promise<void>;
  /** Called for each device whose journal lines are counted instead of written. */
  readonly onRepeats?: (deviceId: string) => void;
}

/** Opens the fleet of a store, once. @throws DomainError `unavailable` */
export type OpenFleet = (options: FleetOptions) => Promise<Fleet>;
