import type { Device } from '../../../core/device';
import type { DecisionChange } from '../../../core/device-decisions';
import type { DeviceRecord } from '../../../core/device-record';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';
import type { DeviceRecords } from '../../../ports/devices';

/** What lasts of a contact: all of it, or nothing. */
export interface DeviceWrite {
  /** Its contact and its facts are written; a new one with everything. */
  readonly device?: Device;
  /** By id, new or changed. */
  readonly installations?: readonly Installation[];
  readonly events?: readonly NewEvent[];
}

/** What may be lost in a crash: when and from where a device was heard last, what it was told again, how many bytes it got. */
export interface SeenWrite {
  readonly device: Device;
  /** Its latest, when its bytes, its polls, the end of its offer, or what its silence tells have changed; else `null`. */
  readonly installation: Installation | null;
}

/** What a person decided about one device. */
export interface DeviceDecision {
  readonly id: string;
  /** What it names is written; all the rest stays, whoever decides it meanwhile. */
  readonly change: DecisionChange;
  readonly events: readonly NewEvent[];
}

/** What a release's devices are at. */
export interface ReleaseCounts {
  readonly releaseId: number;
  /** Installations that a device has begun and not ended. */
  readonly started: number;
  /** Ends of the offers that are open, in milliseconds since the epoch, by installation. */
  readonly offers: ReadonlyMap<number, number>;
  /** Failures and rollbacks by device, also those that a person has cleared. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Where the fleet in memory lasts: beside what others read, it is read and written here alone. */
export interface FleetRecords extends DeviceRecords {
  /**
   * Costs the same whatever the size of the fleet. `SELECT … FROM devices LEFT JOIN installations ON installations.id = installation_id
   * WHERE devices.id = $1`, its labels and certificates, and `SELECT sha256, count(*) FROM installations WHERE device = $1 AND state =
   * ANY($2) AND cleared_at IS NULL GROUP BY sha256`
   */
  find(id: string): Promise<DeviceRecord | undefined>;
  /** The greatest id of an installation, or 0. A sequence takes its place: `nextval('installation_ids')` */
  lastInstallationId(): Promise<number>;
  /**
   * `SELECT count(*) FILTER (WHERE state = ANY($2)) FROM installations WHERE release_id = $1`, its offers that stand, and
   * `SELECT device, count(*) … WHERE state = ANY($3) GROUP BY device`
   * @param now offers that have ended do not count
   */
  counts(releaseIds: readonly number[], now: Date): Promise<readonly ReleaseCounts[]>;
  /**
   * `INSERT INTO devices … ON CONFLICT (id) DO UPDATE SET` the columns of a contact, `INSERT INTO installations … ON CONFLICT (id) DO
   * UPDATE`, and the lines, all of them in one transaction
   * @throws DomainError `storage-full`, `unavailable`
   */
  write(...writes: readonly DeviceWrite[]): Promise<void>;
  /**
   * As one transaction. `UPDATE devices SET last_contact_at = greatest(last_contact_at, seen.at), … FROM unnest($1, $2, …) AS seen
   * WHERE devices.id = seen.id`, in the order of the ids; the same for installations
   * @throws DomainError `storage-full`, `unavailable`
   */
  writeSeen(seen: readonly SeenWrite[]): Promise<void>;
  /**
   * Writes what a person decided about devices that are there: about all of them, or about none. `SELECT name FROM bundles WHERE
   * name = $1 AND deleted_at IS NULL FOR SHARE` for each bundle that is pinned; in the order of the ids `UPDATE devices SET hold_reason =
   * $2, hold_by = $3, hold_at = $4 WHERE id = $1`, with the columns of the decision alone, and labels by `DELETE` and `INSERT`; then the lines
   * @throws DomainError `not-found` for a pin to a bundle that is deleted; `storage-full`, `unavailable`
   */
  decide(decisions: readonly DeviceDecision[]): Promise<void>;
  /** Removes a device with all that is known of it but the journal. `DELETE FROM devices WHERE id = $1`, the rest by its keys */
  forget(id: string, events: readonly NewEvent[]): Promise<void>;
}
