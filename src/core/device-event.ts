import type { Bundle } from './bundle';
import type { Contact } from './contact';
import type { Evidence } from './evidence';
import type { ProtocolLimits } from './protocol';

/**
 * What devices do, in terms that all protocols share. Each protocol translates requests into these events and passes them to
 * `services/offers`, the only way from a protocol to a device's record.
 */
export type DeviceEvent = Asked | Described | Began | Read | Reported;

/** It asks what to install. */
export interface Asked {
  readonly kind: 'asked';
  readonly contact: Contact;
  /** Of the protocol that it uses. */
  readonly limits: ProtocolLimits;
  /** The compatible that it asks for; `null` when it names none. */
  readonly compatible: string | null;
  /** If it names none, it means the default compatible, whatever it reported before. */
  readonly meansDefault: boolean;
  /** RAUC's own poller asks; `null` for any other client. */
  readonly native: Evidence['native'];
  /** The hash of the bundle that it says it has seen; `null` when it names none. */
  readonly namedSha256: string | null;
}

/** It describes itself, and asks for nothing. */
export interface Described {
  readonly kind: 'described';
  readonly contact: Contact;
}

/** It asks for a bundle and so begins to install it, perhaps with RAUC's name for the attempt. */
export interface Began {
  readonly kind: 'began';
  readonly by: 'request';
  readonly contact: Contact;
  readonly bundle: Bundle;
}

/**
 * It reads a bundle, which only the requested bytes reveal. One installation causes thousands of these, so none waits for a disk.
 */
export type Read = BeganReading | ReadPayload | ReadSignature;

/** It asks for bytes of the payload. The first of these begins the installation. */
export interface BeganReading {
  readonly kind: 'began';
  readonly by: 'payload';
  readonly bundle: Bundle;
}

/** Bytes of the payload went out. */
export interface ReadPayload {
  readonly kind: 'progressed';
  readonly by: 'payload';
  readonly bundle: Bundle;
  readonly bytes: number;
}

/** All of the signature went out. */
export interface ReadSignature {
  readonly kind: 'progressed';
  readonly by: 'signature';
  readonly bundle: Bundle;
}

/** It reports on an installation. Reports may come repeatedly, late, and in any order. */
export type Reported = ReportedProgress | Ended | CancelAcknowledged;

export interface ReportedProgress extends Told {
  readonly kind: 'progressed';
  readonly by: 'report';
  readonly phase: 'downloading' | 'installing';
  /** 0 to 100; `null` when it does not say. */
  readonly progressPercent: number | null;
}

/**
 * - `installed`: the bundle is written; the device boots into it next
 * - `failed`: it ended without being written
 * - `downloaded`: the bundle is on the device, which was told not to install it
 * - `good`: the system that runs now is marked good
 */
export interface Ended extends Told {
  readonly kind: 'ended';
  readonly outcome: 'installed' | 'failed' | 'downloaded' | 'good';
}

/** The device knows that the installation was cancelled. */
export interface CancelAcknowledged extends Told {
  readonly kind: 'cancel-acknowledged';
  /** Whether the device stops or continues. */
  readonly stops: boolean;
}

interface Told {
  readonly contact: Contact;
  /** The number of the installation concerned; left out for the latest. */
  readonly installationId?: number;
  /** RAUC's name for the attempt concerned; `null` when the device does not say. */
  readonly transactionId: string | null;
  readonly message: string | null;
  /** The newest log of the installation; `null` or `""` for none. */
  readonly log: string | null;
  /** Lines to append to that log. */
  readonly moreLog?: string;
}
