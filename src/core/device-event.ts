import type { Bundle } from './bundle';
import type { Contact } from './contact';
import type { Evidence } from './evidence';
import type { ProtocolLimits } from './protocol';

/**
 * What devices do, in words that all protocols share. Each protocol translates what it hears into these events, and passes them
 * to `services/offers`: there is no other way from a protocol to a device's record.
 */
export type DeviceEvent = Asked | Described | Began | Read | Reported;

/** It asks what to install. */
export interface Asked {
  readonly kind: 'asked';
  readonly contact: Contact;
  /** Of the protocol that it asks by. */
  readonly limits: ProtocolLimits;
  /** The compatible that it asks for; `null` when it names none. */
  readonly compatible: string | null;
  /** Without a name it means the default compatible, whatever it told before. */
  readonly meansDefault: boolean;
  /** RAUC's own poller asks; `null` for any other client. */
  readonly native: Evidence['native'];
  /** The hash of a bundle that it names as the one that it has seen; `null` when it names none. */
  readonly namedSha256: string | null;
}

/** It tells of itself, and asks for nothing. */
export interface Described {
  readonly kind: 'described';
  readonly contact: Contact;
}

/** It asks for a bundle, perhaps with RAUC's name for the attempt to install it, which begins then. */
export interface Began {
  readonly kind: 'began';
  readonly by: 'request';
  readonly contact: Contact;
  readonly bundle: Bundle;
}

/** It reads a bundle, of which nothing but the bytes tells. Thousands of these come in one installation: none waits for a disk. */
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

/** It says something of an installation. It may say it again, late, and in any order. */
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
  /** Whether it stops or continues. */
  readonly stops: boolean;
}

interface Told {
  readonly contact: Contact;
  /** The number of the installation that it is about; left out for the latest. */
  readonly installationId?: number;
  /** RAUC's name for the attempt that it is about; `null` when it does not say. */
  readonly transactionId: string | null;
  readonly message: string | null;
  /** The newest log of the installation; `null` or `""` for none. */
  readonly log: string | null;
  /** Lines that go to the end of that log. */
  readonly moreLog?: string;
}
