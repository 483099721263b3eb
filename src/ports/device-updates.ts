import type { Device } from '../core/device';
import type { NewEvent } from '../core/event';
import type { Installation } from '../core/installation';
import type { DeviceRecord } from '../core/device-record';

/** What the installations of releases are at. */
export interface ReleaseNumbers {
  /** Running installations, and open offers. */
  inProgress(releaseId: number): number;
  /** Whether an offer has ended and given its place to others, whatever the clock says now. */
  hasEnded(installation: Installation): boolean;
  /** Devices that failed or rolled back, each once. */
  failures(releaseId: number): number;
  /** Another number than before when something has changed. */
  revision(releaseId: number): number;
}

/** What an update of a device is decided on. */
export interface DeviceSight {
  /** `undefined` for an unknown device. */
  readonly record: DeviceRecord | undefined;
  /** As of the moment the update takes effect: what it claims of them, no other update can claim. */
  readonly releases: ReleaseNumbers;
  /**
   * The number of the installation that begins, if one does.
   * @throws DomainError `unavailable` after two thousand million installations
   */
  readonly nextInstallationId: () => number;
}

/** The result of an update. What it does not name stays. */
export interface DeviceUpdate<Answer> {
  readonly answer: Answer;
  /** After the contact, which also adds an unknown device. */
  readonly device?: Device | undefined;
  /** The same after a contact that told nothing new. A crash may take it. */
  readonly seen?: Device | undefined;
  /** New or changed, in the order in which it happened: the latest, those that follow it, and each as often as it changed. */
  readonly installations?: readonly Installation[];
  /** The latest installation, when it was only told again or helps to judge the next contact. A crash may take it. */
  readonly renewed?: Installation | undefined;
  readonly events?: readonly NewEvent[];
}

/**
 * Decides what a contact makes of a device. It is pure and synchronous, and may be called again.
 */
export type DecideUpdate<Answer> = (sight: DeviceSight) => DeviceUpdate<Answer>;

/**
 * The only way for a contact to change a device: its old state, new state and claims are one step.
 *
 * In PostgreSQL one transaction: `SELECT … FROM devices LEFT JOIN installations … WHERE id = $1 FOR UPDATE OF devices`, the
 * counts of the releases that concern it with their rows locked, then `UPDATE … SET` of the columns that changed and `INSERT INTO
 * events`. Changes that are only `seen` or `renewed` wait for the statement that writes a second's worth of them.
 */
export interface DeviceUpdates {
  /**
   * What this node knows of a recently heard device, possibly a little old; `undefined` also if that would take a database read.
   * It costs nothing: a range waits for it.
   */
  recent(id: string): DeviceRecord | undefined;
  /** @returns what is known now; to decide on it, use {@link update} */
  find(id: string): Promise<DeviceRecord | undefined>;
  /**
   * Updates a device. The result is on disk when the promise resolves, if possible: while nothing can be written, the device is
   * answered from memory, and the write is retried.
   * @throws what `decide` throws; nothing has changed then
   */
  update<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer>;
  /**
   * As {@link update}, for what a device must tell again when it could not be written.
   * @throws DomainError `storage-full`, `unavailable`
   */
  updateOnDisk<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer>;
  /** Counts payload bytes of the latest installation of a device that was heard recently. A crash may take a second's worth. */
  countBytes(id: string, count: number, at: Date): void;
}
