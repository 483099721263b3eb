import type { Installation } from '../core/installation';
import type { InstallationState } from '../core/installation-states';

/** A page of the devices that a release may reach. */
export interface RolloutPage {
  readonly releaseId: number;
  readonly compatible: string;
  readonly channel: string;
  /** The last device of the previous page; `''` for the first page. */
  readonly afterId: string;
  readonly limit: number;
  /** Whether to read attributes, too: up to 100 for each device. */
  readonly withAttributes: boolean;
}

export interface RolloutDevice {
  readonly id: string;
  readonly labels: readonly string[];
  /** What the device reports about itself, by name; empty unless `withAttributes`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly systemVersion: string | null;
  readonly lastContactAt: Date;
  readonly isHeld: boolean;
  readonly isPinned: boolean;
  /** Of its latest installation for the release; `null` when it has none. */
  readonly state: InstallationState | null;
}

/** The maximum length of a log that grows, in characters. */
export const appendedLogMaxLength = 16 << 10;

/** Reads of devices and installations outside the fleet, and the logs that devices send. */
export interface DeviceRecords {
  /**
   * Devices that have an unsettled installation and were last heard from outside this time span; a few at a time. `SELECT id FROM
   * devices WHERE installation_state = ANY($1) AND (last_contact_at < $2 OR last_contact_at > $3) LIMIT $4`
   */
  silentIn(times: { readonly from: Date; readonly until: Date }, limit: number): Promise<readonly string[]>;
  /**
   * The admitted devices that were ever heard from, by id. `SELECT id, system_version, … FROM devices WHERE compatible = $1 AND
   * channel = $2 AND id > $3 AND admission = 'admitted' AND last_contact_at IS NOT NULL ORDER BY id LIMIT $4`
   */
  rolloutDevices(page: RolloutPage): Promise<readonly RolloutDevice[]>;
  /** A device's installations, newest first. `SELECT * FROM installations WHERE device = $1 ORDER BY id DESC LIMIT $2` */
  installations(deviceId: string, limit: number): Promise<readonly Installation[]>;
  /** `SELECT * FROM installations WHERE id = $1` */
  findInstallation(id: number): Promise<Installation | undefined>;
  /** Keeps the newest log of an installation. `INSERT INTO installation_logs … ON CONFLICT (installation) DO UPDATE` */
  saveLog(installationId: number, log: string, at: Date): Promise<void>;
  /**
   * Appends lines to an installation's log, and keeps its last {@link appendedLogMaxLength} characters. `INSERT INTO
   * installation_logs … ON CONFLICT (installation) DO UPDATE SET log = right(log || $2, …)`
   */
  appendLog(installationId: number, lines: string, at: Date): Promise<void>;
  /** `SELECT log, at FROM installation_logs WHERE installation = $1` */
  log(installationId: number): Promise<{ readonly log: string; readonly at: Date } | undefined>;
}
