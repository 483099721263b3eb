import type { SeenBoot } from '../core/board';

/** Devices whose latest installation needs a person, of one kind. */
export interface TroubledDevices {
  readonly compatible: string | null;
  readonly channel: string;
  readonly state: 'failed' | 'rolled-back' | 'rejected' | 'lost' | 'interrupted';
  readonly devices: number;
}

/** What would notice that a bundle is gone. */
export interface BundleDevices {
  /** Devices of its compatible that run its version. */
  readonly running: number;
  /** Devices whose latest installation is of it and has not ended. */
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

/** Counts of the fleet, by the database. */
export interface FleetCounts {
  /** A failure that a person has cleared is over. */
  troubled(): readonly TroubledDevices[];
  /** Devices whose certificate two boards have used since a time, the latest first. */
  sharedCertificates(since: Date, limit: number): readonly SharedCertificate[];
  /** Devices that say to be something else than their certificate: how many, and some of their ids. */
  otherClaims(): { readonly devices: number; readonly ids: readonly string[] };
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
