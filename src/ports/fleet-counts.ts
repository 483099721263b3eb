import type { SeenBoot } from '../core/board';
import type { TroubledState } from '../core/installation-states';
import type { ProvingHeader } from '../core/silent-poller';
import type { BundleNeeds } from './catalog';

/** How many devices there are of a kind, and the ids of some. */
export interface NamedDevices {
  readonly devices: number;
  /** Of the first devices, at most 20 (`maxNamedDevices`). */
  readonly ids: readonly string[];
}

/** Devices of one channel that stopped reading a bundle long ago, with unknown outcome; by id. */
export interface StoppedDevices extends NamedDevices {
  readonly compatible: string | null;
  readonly channel: string;
}

/** Devices whose latest installation needs attention, of one kind; by id. */
export interface TroubledDevices extends StoppedDevices {
  readonly state: TroubledState;
}

/** The devices that the removal of a bundle would affect. */
export interface BundleDevices {
  /** Devices of its compatible that run its version. */
  readonly running: number;
  /** Devices whose latest installation is of the bundle and still open. */
  readonly installing: number;
  readonly pinned: number;
  /** Devices on which it failed or was rolled back last. */
  readonly failed: number;
}

/** A device whose certificate two boards use. */
export interface SharedCertificate {
  readonly deviceId: string;
  readonly own: SeenBoot;
  readonly other: SeenBoot;
}

/** Devices whose own poller omits the same fields. */
export interface SilentPollerCount extends NamedDevices {
  readonly omits: readonly ProvingHeader[];
}

/** Counts of the fleet, made by the database. All throw DomainError `unavailable`. */
export interface FleetCounts {
  /**
   * A cleared failure does not count. `SELECT compatible, channel, installation_state, count(*), (array_agg(id ORDER BY
   * id))[1:20] FROM devices JOIN installations ON installations.id = installation_id WHERE installation_state = ANY($1) AND
   * cleared_at IS NULL GROUP BY 1, 2, 3`
   */
  troubled(): Promise<readonly TroubledDevices[]>;
  /**
   * Devices whose latest installation stopped before a time with unknown outcome; cleared ones do not count. The same join,
   * `WHERE installation_state = 'stopped' AND cleared_at IS NULL AND coalesce(moved_at, offered_at) <= $1`
   */
  stopped(before: Date): Promise<readonly StoppedDevices[]>;
  /**
   * Devices whose certificate two boards have used since a time, the latest first.
   * `SELECT id, boards FROM devices WHERE second_board_at >= $1 ORDER BY second_board_at DESC LIMIT $2`
   */
  sharedCertificates(since: Date, limit: number): Promise<readonly SharedCertificate[]>;
  /**
   * Devices that claim a different compatible from their certificate's: how many, and the ids of some. `SELECT count(*),
   * (array_agg(id ORDER BY id))[1:20] FROM devices WHERE claimed_compatible IS NOT NULL`
   */
  otherClaims(): Promise<NamedDevices>;
  /**
   * Devices that use RAUC's own poller and report too little to prove an update. `SELECT poller_omits, count(*), (array_agg(id
   * ORDER BY id))[1:20] FROM devices WHERE poller_omits > '' GROUP BY 1 ORDER BY 1`
   */
  silentPollers(): Promise<readonly SilentPollerCount[]>;
  /**
   * Devices that are not held and were last heard from before a time: how many, and the ids of some, the latest first. `SELECT
   * count(*), (array_agg(id ORDER BY last_contact_at DESC, id DESC))[1:20] FROM devices WHERE last_contact_at < $1 AND hold_at IS
   * NULL`
   */
  silent(before: Date): Promise<NamedDevices>;
  /** `SELECT count(*) FROM devices WHERE last_contact_at >= $1` */
  seenSince(at: Date): Promise<number>;
  /**
   * Whether a device has ever reported the end of an installation, or proved one. `SELECT EXISTS (SELECT 1 FROM installations
   * WHERE state = ANY($1))`
   */
  hasOutcome(): Promise<boolean>;
  /** The most frequent labels first. `SELECT label, count(*) FROM device_labels GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $1` */
  labels(limit: number): Promise<readonly { readonly label: string; readonly devices: number }[]>;
  /**
   * `SELECT count(*) FILTER (WHERE …), … FROM devices LEFT JOIN installations ON installations.id = installation_id`, each using
   * its index
   */
  ofBundle(bundle: {
    readonly name: string;
    readonly compatible: string | null;
    readonly version: string | null;
  }): Promise<BundleDevices>;
}

/** Which bundles are needed although they may be current nowhere. */
export interface BundleUses {
  /**
   * What devices are pinned to, and how many.
   * `SELECT pin_bundle, count(*) FROM devices WHERE pin_bundle IS NOT NULL GROUP BY pin_bundle ORDER BY pin_bundle`
   */
  pinnedBundles(): Promise<readonly { readonly bundleName: string; readonly devices: number }[]>;
  /**
   * The needs that the check of a deletion looks at, even while nothing can be written.
   * @param at offers that ended by then do not count
   */
  needs(name: string, at: Date): Promise<BundleNeeds>;
}
