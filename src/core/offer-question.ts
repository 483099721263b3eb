import type { Bundle } from './bundle';
import type { Admission, Hold } from './device';
import type { ProtocolLimits } from './protocol';
import type { Release } from './release';
import type { UnprovenDownloads } from './silent-poller';
import type { VersionRange } from './version-range';

/** What a device is, as far as the offer depends on it. */
export interface AskingDevice {
  readonly id: string;
  /** What it asked for or is known to be; `null` when it is unknown and the server has no default. */
  readonly compatible: string | null;
  /** What its certificate is bound to; empty means no binding. */
  readonly boundCompatibles: readonly string[];
  readonly channel: string;
  readonly labels: readonly string[];
  readonly admission: Admission;
  readonly hold: Hold | null;
  /** The bundle that a person chose for it; its bundle is `undefined` when it is gone. */
  readonly pin: { readonly bundleName: string; readonly bundle: Bundle | undefined } | null;
  readonly systemVersion: string | null;
  /** The hash of the bundle that it is proven to run; `null` when it is unknown. */
  readonly provenSha256: string | null;
  /** It tells its slot: then a bundle of the version that runs can be told from a rollback. */
  readonly tellsSlot: boolean;
  /** Failures and rollbacks by the bundle's hash, as far as nobody has cleared them. */
  readonly failures: ReadonlyMap<string, number>;
  /** Installations that a reboot interrupted, likewise. */
  readonly interruptions: ReadonlyMap<string, number>;
  /** What its own poller has downloaded last and tells nothing of; `null` when it tells enough. */
  readonly unproven: UnprovenDownloads | null;
  /** The hash of the bundle that a person called off on it and nobody has cleared. */
  readonly cancelledSha256: string | null;
  /** The bundle that it was told of and may still ask for. */
  readonly standing: StandingOffer | null;
  /** The bundle that it has installed, as far as anybody knows, and has not booted into; `null` without. */
  readonly unbooted: UnbootedBundle | null;
}

export interface UnbootedBundle {
  readonly bundleName: string;
  readonly sha256: string;
  /** After that nobody waits for the boot any more. */
  readonly until: Date;
}

export interface StandingOffer {
  readonly bundle: Bundle;
  readonly releaseId: number | null;
  readonly endsAt: Date;
  /** The device was seen to begin: it is in progress, also when the offer has ended. */
  readonly hasBegun: boolean;
  /** It was told again and again and does not begin: its place is another's, and it asks for one anew. */
  readonly isIgnored: boolean;
}

/** How the device asks. */
export interface Question {
  readonly at: Date;
  /** It begins to install what it was told of, and must get just that. */
  readonly isInstall: boolean;
  /** Of the protocol that it asks by. */
  readonly limits: ProtocolLimits;
}

/** What is known beside the device. */
export interface OfferTerms {
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  /** Installations of a release that are in progress. */
  readonly inProgress: (releaseId: number) => number;
  /** Why a running release must pause now; `null` when it may go on. */
  readonly pauseReason?: (release: Release) => string | null;
  /** Why a bundle must not reach devices by today's verdict; `null` when it may. */
  readonly distrust?: (bundle: Bundle) => string | null;
  /** How the device comes to a version in a range, as words for people; left out where nobody reads them. */
  readonly wayTo?: (range: VersionRange) => string | null;
}
