import type { Device } from '../core/device';
import type { DecisionChange } from '../core/device-decisions';
import type { DeviceRecord } from '../core/device-record';
import type { DomainError } from '../core/errors';
import type { NewEvent } from '../core/event';
import type { Installation } from '../core/installation';

/** What became of a decision about many devices. */
export interface Decided {
  readonly done: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: DomainError }[];
}

/** A decision about a device in its current state. It throws if the device cannot have it; it is pure, and may be called again. */
export type DecideOnDevice = (device: Device) => DecisionChange;

/** The lines of the journal that tell a decision about a device, as it was before. */
export type TellDecision = (device: Device) => readonly NewEvent[];

/** What people do about a device's installations. */
export interface Intervention {
  /** New or changed. */
  readonly installations: readonly Installation[];
  readonly events: readonly NewEvent[];
  /** The device's new state, whatever it reports at the same moment; `undefined` when it stays as it is. */
  readonly change?: ((device: Device) => Device) | undefined;
}

/**
 * Decides what to do about a device. It is pure, and called again if the device moved on in the same moment.
 * @param installations of the device, newest first
 * @throws DomainError where that cannot be done
 */
export type PlanIntervention = (record: DeviceRecord, installations: readonly Installation[]) => Intervention;

/** What people decide about devices. A decision is on disk before it takes effect: one reported as failed never happens later. */
export interface FleetDecisions {
  /**
   * Writes only what is decided; everything else stays, even if someone else changes it meanwhile. `SELECT … FROM devices WHERE
   * id = $1 FOR UPDATE`, for a pin `SELECT name FROM bundles WHERE name = $1 AND deleted_at IS NULL FOR SHARE`, `UPDATE devices
   * SET hold_reason = $2, … WHERE id = $1` with only the columns of the decision, `DELETE FROM device_labels WHERE device = $1
   * AND label = ANY($2)` and `INSERT … ON CONFLICT DO NOTHING` for removed and added labels, and the lines
   * @throws DomainError `not-found`, `invalid-input` when others have added too many labels, `storage-full`, `unavailable`, and what `decide`
   * throws
   */
  decide(id: string, decide: DecideOnDevice, tell: TellDecision): Promise<DeviceRecord>;
  /**
   * The same about many devices in one transaction, in the order of their ids: it shows on all those that can have it, or on none.
   * @param ids each once
   */
  decideAll(ids: readonly string[], decide: DecideOnDevice, tell: TellDecision): Promise<Decided>;
  /**
   * Adds a new device. `INSERT INTO devices … ON CONFLICT (id) DO NOTHING`
   * @throws DomainError `conflict`, `storage-full`, `unavailable`
   */
  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord>;
  /**
   * Does something about a device's installations. `SELECT … FROM devices WHERE id = $1 FOR UPDATE`, `SELECT * FROM installations WHERE
   * device = $1 ORDER BY id DESC LIMIT $2`, then `INSERT INTO installations … ON CONFLICT (id) DO UPDATE`, and the lines
   * @throws DomainError `not-found`, `storage-full`, `unavailable`, and what the plan throws
   */
  intervene(id: string, plan: PlanIntervention): Promise<DeviceRecord>;
  /**
   * The same about many devices in one transaction, in the order of their ids: it shows on all those of which it can be, or on none.
   * @param ids each once
   */
  interveneAll(ids: readonly string[], plan: PlanIntervention): Promise<Decided>;
  /**
   * Removes a device and everything known about it except the journal. `DELETE FROM devices WHERE id = $1`, the rest by its keys
   * @throws DomainError `not-found`, `storage-full`, `unavailable`
   */
  forget(id: string, tell: TellDecision): Promise<void>;
}
