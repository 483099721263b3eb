import type { Device } from '../core/device';
import type { NewEvent } from '../core/event';
import type { Installation } from '../core/installation';
import type { DeviceRecord } from '../core/device-record';

/** Counts of the installations of releases. */
export interface ReleaseNumbers {
  /** Running installations, and open offers. */
  inProgress(releaseId: number): number;
  /** Whether an offer has ended and its place is free for others, whatever the clock says now. */
  hasEnded(installation: Installation): boolean;
  /** Devices that failed or rolled back, each once. */
  failures(releaseId: number): number;
  /** A number that differs from the previous one when something has changed. */
  revision(releaseId: number): number;
}

/** What the decision about a device's update is based on. */
export interface DeviceSight {
  /** `undefined` for an unknown device. */
  readonly record: DeviceRecord | undefined;
  /** Counts at the moment the update takes effect. No other update can claim the places that it claims. */
  readonly releases: ReleaseNumbers;
  /**
   * The number of the installation that begins, if one does.
   * @throws DomainError `unavailable` after two thousand million installations
   */
  readonly nextInstallationId: () => number;
}

/** The result of an update. Whatever it omits stays as it is. */
export interface DeviceUpdate<Answer> {
  readonly answer: Answer;
  /** The device after the contact. An unknown device is added. */
  readonly device?: Device | undefined;
  /** The device after a contact that reported nothing new. A crash may lose this. */
  readonly seen?: Device | undefined;
  /**
   * New or changed installations in the order of the changes: the latest one, then those that follow it. One that changed several
   * times appears several times.
   */
  readonly installations?: readonly Installation[];
  /** The latest installation, when its report was only repeated or helps to judge the next contact. A crash may lose this. */
  readonly renewed?: Installation | undefined;
  readonly events?: readonly NewEvent[];
}

/** Decides how a contact changes a device. It is pure and synchronous, and may be called again. */
export type DecideUpdate<Answer> = (sight: DeviceSight) => DeviceUpdate<Answer>;

/**
 * The only way for a contact to change a device. Reading its old state, writing the new one and claiming places are one step.
 *
 * In PostgreSQL one transaction: `SELECT … FROM devices LEFT JOIN installations … WHERE id = $1 FOR UPDATE OF devices`, the
 * counts of the releases that concern it with their rows locked, then `UPDATE … SET` of the columns that changed and `INSERT INTO
 * events`. Changes that are only `seen` or `renewed` wait for the statement that writes a second's worth of them.
 */
export interface DeviceUpdates {
  /**
   * What this node knows of a device that it heard recently, possibly a little old; `undefined` also if finding out would need
   * the database. It costs nothing, because each range request waits for it.
   */
  recent(id: string): DeviceRecord | undefined;
  /**
   * For a device that reads a bundle, maybe for hours: from now on it is {@link recent}, and what it reads is counted. While the database is
   * away, it is what this node knew last.
   */
  lookUp(id: string): Promise<DeviceRecord | undefined>;
  /** @returns what is known now; to decide on it, use {@link update} */
  find(id: string): Promise<DeviceRecord | undefined>;
  /**
   * Updates a device. The result is on disk when the promise resolves, if possible: while nothing can be written, the device is
   * answered from memory, and the write is retried.
   * @throws what `decide` throws; nothing has changed then
   */
  update<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer>;
  /**
   * Like {@link update}, for reports that a device must repeat if they could not be written.
   * @throws DomainError `storage-full`, `unavailable`
   */
  updateOnDisk<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer>;
  /**
   * Counts payload bytes for the latest installation of a device that was heard recently. A crash may lose one second's count.
   */
  countBytes(id: string, count: number, at: Date): void;
}
