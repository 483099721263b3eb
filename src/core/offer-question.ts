import type { Why } from './reasons/why';
import type { WayToVersion } from './way-to-version';
import type { Bundle } from './bundle';
import type { Admission, Hold } from './device';
import type { PinTerms } from './pin-terms';
import type { ProtocolLimits } from './protocol';
import type { Release } from './release';
import type { UnprovenDownloads } from './silent-poller';
import type { VersionRange } from './version-range';

/** The parts of a device that an offer depends on. */
export interface AskingDevice {
  readonly id: string;
  /** The compatible that it asked for or is known to have; `null` when that is unknown and the server has no default. */
  readonly compatible: string | null;
  /** Compatibles to which its certificate is bound; empty means no binding. */
  readonly boundCompatibles: readonly string[];
  readonly channel: string;
  readonly labels: readonly string[];
  /** What it reports about itself, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly admission: Admission;
  readonly hold: Hold | null;
  /** The bundle it is pinned to; its `bundle` is `undefined` when that bundle is gone. */
  readonly pin: PinnedBundle | null;
  readonly systemVersion: string | null;
  /** The hash of the bundle that it is proven to run; `null` when it is unknown. */
  readonly provenSha256: string | null;
  /** Whether it reports its slot, which distinguishes a bundle of the running version from a rollback. */
  readonly tellsSlot: boolean;
  /** Failures and rollbacks not yet cleared, by the bundle's hash. */
  readonly failures: ReadonlyMap<string, number>;
  /** Installations that a reboot interrupted and that are not yet cleared, by the bundle's hash. */
  readonly interruptions: ReadonlyMap<string, number>;
  /** The last download of a poller that reports too little; `null` for one that reports enough. */
  readonly unproven: UnprovenDownloads | null;
  /** The hash of a bundle cancelled on this device and not yet cleared. */
  readonly cancelledSha256: string | null;
  /** The bundle that it was offered and may still ask for. */
  readonly standing: StandingOffer | null;
  /** The bundle that it has installed, as far as we know, but not yet booted; `null` without one. */
  readonly unbooted: UnbootedBundle | null;
}

export interface PinnedBundle {
  readonly bundleName: string;
  readonly bundle: Bundle | undefined;
  readonly terms?: PinTerms;
}

export interface UnbootedBundle {
  readonly bundleName: string;
  readonly sha256: string;
  /** Until when to wait for the boot. */
  readonly until: Date;
}

export interface StandingOffer {
  readonly bundle: Bundle;
  readonly releaseId: number | null;
  readonly endsAt: Date;
  /** The device has visibly begun, so the installation is in progress even if the offer has ended. */
  readonly hasBegun: boolean;
  /**
   * It was offered the bundle repeatedly and does not begin. Its place goes to another device, and it must ask for a new offer.
   */
  readonly isIgnored: boolean;
}

/** How the device asks. */
export interface Question {
  readonly at: Date;
  /** It begins to install the bundle that it was offered, and must get exactly that one. */
  readonly isInstall: boolean;
  /** Of the protocol that it uses. */
  readonly limits: ProtocolLimits;
}

/** What decides an offer besides the device. */
export interface OfferTerms {
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  /** Installations of a release that are in progress. */
  readonly inProgress: (releaseId: number) => number;
  /** Why a running release must pause now; `null` when it may continue. */
  readonly pauseReason?: (release: Release) => Why | null;
  /** Why the current verdict keeps a bundle from devices; `null` when it does not. */
  readonly distrust?: (bundle: Bundle) => Why | null;
  /** How the device gets to a version in a range; left out when no one reads it. */
  readonly wayTo?: (range: VersionRange) => WayToVersion | null;
}
