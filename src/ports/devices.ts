import type { Device } from '../core/device';
import type { NewEvent } from '../core/event';
import type { Installation } from '../core/installation';
import type { InstallationState } from '../core/installation-states';

/** A device with what its next offer depends on. */
export interface DeviceRecord {
  readonly device: Device;
  /** The latest; `null` when there never was one. */
  readonly installation: Installation | null;
  /** Failures and rollbacks that nobody has cleared, by the hash of the bundle. */
  readonly failures: ReadonlyMap<string, number>;
  /** Installations that a reboot interrupted and that nobody has cleared, by the hash of the bundle. */
  readonly interruptions: ReadonlyMap<string, number>;
}

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

/** What a person decides about a device. */
export type DeviceDecisions = Pick<Device, 'channel' | 'labels' | 'notes' | 'admission' | 'hold' | 'pin'>;

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

/** A page of the devices that a release may reach. */
export interface RolloutPage {
  readonly releaseId: number;
  readonly compatible: string;
  readonly channel: string;
  readonly heardSince: Date;
  /** The last of the page before; `''` for the first page. */
  readonly afterId: string;
  readonly limit: number;
}

export interface RolloutDevice {
  readonly id: string;
  readonly labels: readonly string[];
  readonly systemVersion: string | null;
  /** Of its latest installation for the release; `null` when it has none. */
  readonly state: InstallationState | null;
}

/** Where the fleet lasts, as far as devices are answered from it. */
export interface DeviceRecords {
  /** Costs the same whatever the size of the fleet. */
  find(id: string): DeviceRecord | undefined;
  /** The greatest id of an installation, or 0. */
  lastInstallationId(): number;
  /** @param now offers that have ended do not count */
  counts(releaseIds: readonly number[], now: Date): readonly ReleaseCounts[];
  /** @throws DomainError `storage-full`, `unavailable` */
  write(write: DeviceWrite): Promise<void>;
  /** As one transaction. @throws DomainError `storage-full`, `unavailable` */
  writeSeen(seen: readonly SeenWrite[]): Promise<void>;
  /** Writes what a person decided; the device is there. @throws DomainError `storage-full`, `unavailable` */
  decide(id: string, decisions: DeviceDecisions, events: readonly NewEvent[]): Promise<void>;
  /** Removes a device with all that is known of it but the journal. */
  forget(id: string, events: readonly NewEvent[]): Promise<void>;
  /** Devices that have an unsettled installation, and were last heard of at none of these times; a few at a time. */
  silentIn(times: { readonly from: Date; readonly until: Date }, limit: number): Promise<readonly string[]>;
  /** By id: admitted, not held, not pinned, and heard since a time. */
  rolloutDevices(page: RolloutPage): readonly RolloutDevice[];
  /** A device's installations, newest first. */
  installations(deviceId: string, limit: number): readonly Installation[];
  findInstallation(id: number): Installation | undefined;
  /** Keeps the newest log of an installation. */
  saveLog(installationId: number, log: string, at: Date): Promise<void>;
  log(installationId: number): { readonly log: string; readonly at: Date } | undefined;
}
