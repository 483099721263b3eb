import type { Device } from '../core/device';
import type { DecisionChange } from '../core/device-decisions';
import type { DeviceRecord } from '../core/device-record';
import type { DomainError } from '../core/errors';
import type { NewEvent } from '../core/event';
import type { Installation } from '../core/installation';

/** The result of a decision about many devices. */
export interface Decided {
  readonly done: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: DomainError }[];
}

/**
 * A decision about a device in its current state. It throws if the decision is not possible for the device. It is pure, and may
 * be called again.
 */
export type DecideOnDevice = (device: Device) => DecisionChange;

/** Makes the journal's lines about a decision. @param device before the decision */
export type TellDecision = (device: Device) => readonly NewEvent[];

/** What people do about a device's installations. */
export interface Intervention {
  /** New or changed. */
  readonly installations: readonly Installation[];
  readonly events: readonly NewEvent[];
  /** The device's new state, even if the device reports something at the same moment; `undefined` when it stays as it is. */
  readonly change?: ((device: Device) => Device) | undefined;
}

/**
 * Decides what to do about a device. It is pure, and called again if the device changed in the meantime.
 * @param installations of the device, newest first
 * @throws DomainError when the intervention is not possible
 */
export type PlanIntervention = (record: DeviceRecord, installations: readonly Installation[]) => Intervention;

/**
 * What people decide about devices. A decision is on disk before it takes effect, so one reported as failed never happens later.
 */
export interface FleetDecisions {
  /**
   * Writes only what is decided. Everything else stays, including changes that others make at the same time. `SELECT … FROM
   * devices WHERE id = $1 FOR UPDATE`, for a pin `SELECT name FROM bundles WHERE name = $1 AND deleted_at IS NULL FOR SHARE`,
   * `UPDATE devices SET hold_reason = $2, … WHERE id = $1` with only the columns of the decision, `DELETE FROM device_labels
   * WHERE device = $1 AND label = ANY($2)` and `INSERT … ON CONFLICT DO NOTHING` for removed and added labels, and the lines
   * @throws DomainError `not-found`, `invalid-input` when others have added too many labels, `storage-full`, `unavailable`, and what `decide`
   * throws
   */
  decide(id: string, decide: DecideOnDevice, tell: TellDecision): Promise<DeviceRecord>;
  /**
   * Makes the same decision about many devices in one transaction, in the order of their ids. It applies to all devices for which
   * it is possible, or to none.
   * @param ids each once
   */
  decideAll(ids: readonly string[], decide: DecideOnDevice, tell: TellDecision): Promise<Decided>;
  /**
   * Adds a new device. `INSERT INTO devices … ON CONFLICT (id) DO NOTHING`
   * @throws DomainError `conflict`, `storage-full`, `unavailable`
   */
  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord>;
  /**
   * Changes a device's installations as planned. `SELECT … FROM devices WHERE id = $1 FOR UPDATE`, `SELECT * FROM installations
   * WHERE device = $1 ORDER BY id DESC LIMIT $2`, then `INSERT INTO installations … ON CONFLICT (id) DO UPDATE`, and the lines
   * @throws DomainError `not-found`, `storage-full`, `unavailable`, and what the plan throws
   */
  intervene(id: string, plan: PlanIntervention): Promise<DeviceRecord>;
  /**
   * Intervenes on many devices in one transaction, in the order of their ids. It applies to all devices for which it is possible,
   * or to none.
   * @param ids each once
   */
  interveneAll(ids: readonly string[], plan: PlanIntervention): Promise<Decided>;
  /**
   * Removes a device and everything known about it except the journal. `DELETE FROM devices WHERE id = $1`, the rest by its
   * foreign keys
   * @throws DomainError `not-found`, `storage-full`, `unavailable`
   */
  forget(id: string, tell: TellDecision): Promise<void>;
}
