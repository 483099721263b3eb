import type { Device } from '../../../core/device';
import type { DecisionChange } from '../../../core/device-decisions';
import type { DeviceRecord } from '../../../core/device-record';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';
import type { DeviceRecords } from '../../../ports/devices';

/** The lasting part of a contact: written as a whole or not at all. */
export interface DeviceWrite {
  /** For a known device, only its contact and facts are written; for a new one, everything. */
  readonly device?: Device;
  /** By id, new or changed. */
  readonly installations?: readonly Installation[];
  readonly events?: readonly NewEvent[];
}

/**
 * What a crash may lose: when and from where a device last made contact, repeated offers, and how many bytes it
 * received.
 */
export interface SeenWrite {
  readonly device: Device;
  /**
   * The latest installation if its bytes, its polls, the end of its offer or the meaning of its silence have changed;
   * otherwise `null`.
   */
  readonly installation: Installation | null;
}

/** What people decided about one device. */
export interface DeviceDecision {
  readonly id: string;
  /** The fields to write; all others stay, even if someone changes them meanwhile. */
  readonly change: DecisionChange;
  readonly events: readonly NewEvent[];
}

/** The state of a release's devices. */
export interface ReleaseCounts {
  readonly releaseId: number;
  /** Installations that a device has begun and not finished. */
  readonly started: number;
  /** Installations of open offers, each with its end in milliseconds since the epoch. */
  readonly offers: readonly (readonly [installationId: number, endsAtMs: number])[];
  /** Failures and rollbacks by device, including cleared ones. */
  readonly failures: ReadonlyMap<string, number>;
}

/** The durable form of the fleet in memory. Apart from the reads of {@link DeviceRecords}, only the fleet uses it. */
export interface FleetRecords extends DeviceRecords {
  /**
   * Costs the same whatever the size of the fleet. `SELECT … FROM devices LEFT JOIN installations ON installations.id = installation_id
   * WHERE devices.id = $1`, its labels and certificates, and `SELECT sha256, count(*) FROM installations WHERE device = $1 AND state =
   * ANY($2) AND cleared_at IS NULL GROUP BY sha256`
   */
  find(id: string): Promise<DeviceRecord | undefined>;
  /** The greatest id of an installation, or 0. A sequence would replace it: `nextval('installation_ids')` */
  lastInstallationId(): Promise<number>;
  /**
   * `SELECT count(*) FILTER (WHERE state = ANY($2)) FROM installations WHERE release_id = $1`, its open offers, and
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
   * Writes what people decided about existing devices: about all of them, or about none.
   * `SELECT name FROM bundles WHERE name = $1 AND deleted_at IS NULL FOR SHARE` for each bundle that is pinned; in
   * the order of the ids `UPDATE devices SET hold_reason = $2, hold_by = $3, hold_at = $4 WHERE id = $1`, with only
   * the columns of the decision, and labels by `DELETE` and `INSERT`; then the lines
   * @throws DomainError `not-found` for a pin to a bundle that is deleted; `storage-full`, `unavailable`
   */
  decide(decisions: readonly DeviceDecision[]): Promise<void>;
  /**
   * Removes a device and everything known about it except the journal. `DELETE FROM devices WHERE id = $1`, the rest
   * by its keys
   */
  forget(id: string, events: readonly NewEvent[]): Promise<void>;
}
