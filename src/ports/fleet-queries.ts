import type { Device } from '../core/device';
import type { DeviceSort } from '../core/device-sort';
import type { Installation } from '../core/installation';
import type { InstallationState } from '../core/installation-states';

/** A search for devices. A device must match everything given. */
export interface DeviceFilter {
  /** Part of the id, the serial number, the machine id, the address, the notes, an attribute or a label; case does not count. */
  readonly search?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly version?: string;
  readonly label?: string;
  /** Has this attribute with exactly this value. */
  readonly attribute?: { readonly name: string; readonly value: string };
  /** Of the latest installation; `none` for devices without one. */
  readonly state?: InstallationState | 'none';
  readonly isHeld?: boolean;
  readonly isPinned?: boolean;
  readonly isWaiting?: boolean;
  /** Whether two boards use its certificate. */
  readonly hasSecondBoard?: boolean;
  /** Whether it claims a different compatible from its certificate's. */
  readonly hasOtherClaim?: boolean;
  /** Whether it uses RAUC's own poller and reports too little to prove an update. */
  readonly hasSilentPoller?: boolean;
  /** Devices whose latest installation is for this release. */
  readonly releaseId?: number;
  /** Devices that were heard from, but not since this time. */
  readonly lastContactBefore?: Date;
}

export interface DeviceQuery extends DeviceFilter {
  readonly sort: DeviceSort;
  readonly isDescending: boolean;
  readonly limit: number;
  /** The previous page's `next`. */
  readonly after?: string;
}

export interface ListedDevice {
  readonly device: Device;
  readonly installation: Installation | null;
}

export interface DevicePage {
  readonly devices: readonly ListedDevice[];
  /** For the page after this one; `null` on the last. */
  readonly next: string | null;
  /** How many match in total. */
  readonly total: number;
  /** Whether the total is only about right: never up to 10,000. */
  readonly totalIsEstimate: boolean;
}

/** One stretch of a walk through all matching devices. */
export interface DeviceStretch {
  /** By id. */
  readonly devices: readonly ListedDevice[];
  /** The id to continue after; `null` at the end. */
  readonly next: string | null;
}

/** How many devices there are of a kind. */
export interface FleetCount {
  readonly compatible: string | null;
  readonly channel: string;
  readonly systemVersion: string | null;
  readonly installationState: InstallationState | null;
  readonly devices: number;
}

/** A search for installations. An installation must match everything given. */
export interface InstallationFilter {
  readonly deviceId?: string;
  readonly state?: InstallationState;
  readonly bundleName?: string;
  readonly releaseId?: number;
}

export interface InstallationQuery extends InstallationFilter {
  readonly limit: number;
  readonly beforeId?: number;
}

/** Newest first. */
export interface InstallationPage {
  readonly installations: readonly Installation[];
  /** For the page after this one; `null` on the last. */
  readonly nextBefore: number | null;
  /** Set when the search stopped early at its limit: the time at which the oldest installation it saw was offered. */
  readonly searchedUntil: Date | null;
}

/** A page of what the devices of a channel run. */
export interface ChannelVersionsPage {
  readonly compatible: string;
  readonly channel: string;
  /** The last version of the previous page; `''` for the first page. */
  readonly afterVersion: string;
  readonly limit: number;
}

/** A page of the devices with a label. */
export interface LabelledPage {
  readonly label: string;
  /** The last device of the previous page; `''` for the first page. */
  readonly afterId: string;
  readonly limit: number;
}

/** The number of devices, and of those with a decision about them. */
export interface FleetDecided {
  readonly devices: number;
  readonly waiting: number;
  readonly held: number;
  readonly pinned: number;
}

/** Lists of the fleet. */
export interface FleetListing {
  /**
   * The devices with a label, by id. `SELECT id, compatible, channel FROM device_labels JOIN devices ON devices.id = device WHERE
   * label = $1 AND device > $2 ORDER BY device LIMIT $3`
   */
  labelledDevices(
    page: LabelledPage,
  ): Promise<
    readonly { readonly id: string; readonly compatible: string | null; readonly channel: string }[]
  >;
  /**
   * The versions that the devices of a channel run, without pinned devices, a page at a time. Devices that report none (`null`)
   * are counted on the first page, in addition to its limit. `SELECT system_version, count(*) FROM devices WHERE compatible = $1
   * AND channel = $2 AND pin_bundle IS NULL AND system_version > $3 GROUP BY system_version ORDER BY system_version LIMIT $4`
   */
  channelVersions(page: ChannelVersionsPage): Promise<
    readonly {
      readonly systemVersion: string | null;
      readonly devices: number;
    }[]
  >;
  /**
   * `SELECT … FROM devices LEFT JOIN installations ON installations.id = installation_id WHERE compatible = $1 AND … AND
   * (system_version, id) > ($2, $3) ORDER BY system_version, id LIMIT $4`, on the column that sorts the list; a search uses
   * `device_texts` with its trigram index, and a label `EXISTS (SELECT 1 FROM device_labels …)`. The labels and certificates of the
   * page by `WHERE device = ANY($1)`; the total by `SELECT count(*)` with the same conditions, or where many match from the plan of
   * that statement
   * @throws DomainError `invalid-input` for a cursor of another list, `unavailable`
   */
  list(query: DeviceQuery): Promise<DevicePage>;
  /**
   * Goes through all matching devices by id. A device that exists throughout appears exactly once, whatever changes meanwhile.
   * Each stretch looks at a bounded number of devices, so an empty one need not be the last. `SELECT … FROM devices WHERE … AND
   * id > $1 ORDER BY id LIMIT $2`
   * @param afterId where the previous stretch ended; `''` at first
   * @throws DomainError `unavailable`
   */
  walk(filter: DeviceFilter, afterId: string): Promise<DeviceStretch>;
  /**
   * `SELECT * FROM installations WHERE id < $1 AND device = $2 AND state = $3 AND … ORDER BY id DESC LIMIT $4`, under a
   * `statement_timeout`; a database that reads all of them in one go never sets `searchedUntil`
   * @throws DomainError `unavailable`
   */
  listInstallations(query: InstallationQuery): Promise<InstallationPage>;
  /**
   * For a large fleet, a few seconds old. `SELECT compatible, channel, system_version, installation_state, count(*) FROM devices
   * GROUP BY 1, 2, 3, 4`
   */
  census(): Promise<readonly FleetCount[]>;
  /**
   * The number of devices, and of those with a decision; for a large fleet a few seconds old. `SELECT count(*), count(*) FILTER
   * (WHERE admission = 'waiting'), count(hold_at), count(pin_bundle) FROM devices`
   */
  attention(): Promise<FleetDecided>;
  /**
   * The number of a release's devices by step and state of their installation; the step is `null` for devices in none. `SELECT
   * step, state, devices FROM release_outcomes WHERE release_id = $1 AND devices > 0 ORDER BY step, state`
   */
  outcomes(releaseId: number): Promise<
    readonly {
      readonly step: number | null;
      readonly state: InstallationState;
      readonly devices: number;
    }[]
  >;
}
