import type { Crash } from '../core/crash';
import type { Admission } from '../core/device';
import type { OfferingProtocol } from '../core/protocol';
import type {
  CheckImages,
  HashBundle,
  InspectBundle,
  JudgeSignature,
  TrustTerms,
} from '../ports/bundle-inspection';
import type { Clock, MonotonicClock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { RandomBytes } from '../ports/randomness';
import type { Sealing } from '../ports/sealing';
import type { Store } from '../ports/store';
import type { DeliverEvent, RefuseReceiver } from '../ports/webhooks';
import type { Chore } from './run-chores';
import type { SecondBoards } from './offers/device-contacts';
import type { OldQuestions } from './offers/old-questions';

/** How the fleet is treated. */
export interface FleetRules {
  /** A device's settings at its first contact, unless it was added beforehand. */
  readonly newDevices: Admission;
  /** How often a bundle may fail on a device before it is no longer offered there. */
  readonly maxTries: number;
  /** How often a reboot may interrupt a bundle's installation on a device before it is no longer offered there. */
  readonly maxInterruptions: number;
  /** After how many polls of RAUC's own poller without a boot a stopped installation counts as failed; 0 for never. */
  readonly failAfterPolls: number;
  /** How long a device may still ask for what it was offered, in milliseconds. */
  readonly offerLifetimeMs: number;
  /** After how long without a contact an installation counts as lost, in milliseconds. */
  readonly lostAfterMs: number;
  /** How long after an installation began a boot into the old version counts as a rollback, in milliseconds. */
  readonly rollbackWindowMs: number;
  /** How long lines about what devices did stay in the journal, in milliseconds. */
  readonly eventRetentionMs: number;
  /** What happens to a second board that uses the certificate of another. */
  readonly secondBoards: SecondBoards;
}

/** What the use cases need from outside the services. */
export interface ServicePorts {
  readonly store: Store;
  /** Sends one event to one receiver. */
  readonly deliver: DeliverEvent;
  readonly refuseReceiver?: RefuseReceiver;
  readonly inspect: InspectBundle;
  readonly judge: JudgeSignature;
  readonly checkImages: CheckImages;
  readonly hashBundle: HashBundle;
  /** What the configured profile makes verdicts depend on. */
  readonly trustTerms: () => TrustTerms;
  /** The protocols that devices use to ask what to install. */
  readonly protocols: readonly OfferingProtocol[];
  /** Accept bundles from signers outside the keyring. */
  readonly allowUntrusted: boolean;
  /** Accept unverified files from hawkBit's scripts that are not bundles; default: no. */
  readonly allowOpaque?: boolean;
  readonly fleetRules: FleetRules;
  /** How long a browser stays signed in, in milliseconds; default: 12 hours. */
  readonly sessionLifetimeMs?: number;
  /** Memory for blocks of bundles that devices read again; default: 64 MiB; 0 for none. */
  readonly bundleCacheBytes?: number;
  /** How the last run of the server ended, if by an uncaught exception. */
  readonly lastCrash?: Crash | undefined;
  /** The server's recurring work besides the fleet's chores. */
  readonly chores?: readonly Chore[];
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** The URL that devices use to reach the server, without a slash at the end. */
  readonly baseUrl: () => string;
  readonly log: Log;
  readonly now: Clock;
  /** Default: `performance.now`. */
  readonly monotonicMs?: MonotonicClock;
  /** By how much the machine's clock has jumped, in milliseconds, while {@link now} does not follow it; else `null`. */
  readonly clockDoubtMs?: () => number | null;
  /** Refuses what devices asked before the process stood still; left out where it cannot. */
  readonly oldQuestions?: Pick<OldQuestions, 'arrived'>;
  readonly randomBytes: RandomBytes;
  /** Seals the tokens of devices. */
  readonly sealing: Sealing;
}
