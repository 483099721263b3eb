import type { SeenBoot } from '../core/board';
import type { TroubledState } from '../core/installation-states';
import type { ProvingHeader } from '../core/silent-poller';

/** Devices whose latest installation needs a person, of one kind. */
export interface TroubledDevices {
  readonly compatible: string | null;
  readonly channel: string;
  readonly state: TroubledState;
  readonly devices: number;
}

/** Devices of one channel that stopped reading a bundle long ago, and nobody knows what came of it. */
export interface StoppedDevices {
  readonly compatible: string | null;
  readonly channel: string;
  readonly devices: number;
}

/** What would notice that a bundle is gone. */
export interface BundleDevices {
  /** Devices of its compatible that run its version. */
  readonly running: number;
  /** Devices whose latest installation is of it and open. */
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

/** Devices whose own poller leaves out the same. */
export interface SilentPollerCount {
  readonly omits: readonly ProvingHeader[];
  readonly devices: number;
  /** Some of them. */
  readonly ids: readonly string[];
}

/** Counts of the fleet, by the database. */
export interface FleetCounts {
  /** A failure that a person has cleared is over. */
  troubled(): readonly TroubledDevices[];
  /** Devices whose latest installation stopped before a time, its outcome unknown; one that a person has cleared is over. */
  stopped(before: Date): readonly StoppedDevices[];
  /** Devices whose certificate two boards have used since a time, the latest first. */
  sharedCertificates(since: Date, limit: number): readonly SharedCertificate[];
  /** Devices that say to be something else than their certificate: how many, and some of their ids. */
  otherClaims(): { readonly devices: number; readonly ids: readonly string[] };
  /** Devices that poll by RAUC's own poller and tell too little to prove an update. */
  silentPollers(): readonly SilentPollerCount[];
  seenSince(at: Date): number;
  /** Whether a device has ever told the end of an installation, or proved one. */
  hasOutcome(): boolean;
  /** The most frequent labels first. */
  labels(limit: number): readonly { readonly label: string; readonly devices: number }[];
  ofBundle(bundle: {
    readonly name: string;
    readonly compatible: string | null;
    readonly version: string | null;
  }): BundleDevices;
}

/** Which bundles are needed although they may be current nowhere. */
export interface BundleUses {
  /**
   * What devices are pinned to, and how many.
   * `SELECT pin_bundle, count(*) FROM devices WHERE pin_bundle IS NOT NULL GROUP BY pin_bundle ORDER BY pin_bundle`
   */
  pinnedBundles(): Promise<readonly { readonly bundleName: string; readonly devices: number }[]>;
}
