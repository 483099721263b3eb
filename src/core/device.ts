import { type Boards, noBoards } from './board';
import { type DeviceFacts, noFacts } from './device-facts';
import { DomainError } from './errors';
import type { PinTerms } from './pin-terms';
import type { Why } from './reasons/why';
import { defaultChannel } from './release';
import type { ProvingHeader } from './silent-poller';

/** The device on the other side, as proven by the verified client certificate or, on the listener for tokens, by the token. */
export interface DeviceIdentity {
  /** The CN, or the device to which the token belongs; compared exactly. */
  readonly id: string;
  /** Lower-case hex serial of the certificate; `null` for a device that connected without one. */
  readonly certificateSerial: string | null;
  /** Compatibles that the certificate is bound to; empty means no binding. */
  readonly compatibles: readonly string[];
}

/** Whether a device may get anything. Depending on the configuration, an unknown device must be admitted first. */
export const admissions = ['admitted', 'waiting'] as const;
export type Admission = (typeof admissions)[number];

/** A decision that a device gets nothing. */
export interface Hold {
  /** `""` for none. */
  readonly reason: Why;
  readonly by: string;
  readonly at: Date;
}

/** A decision that a device gets this bundle, whatever its channel says. */
export interface Pin {
  readonly bundleName: string;
  readonly by: string;
  readonly at: Date;
  /** Only for an assignment that is not installed at once. */
  readonly terms?: PinTerms;
}

export interface SeenCertificate {
  /** Lower-case hex. */
  readonly serial: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** How many of the certificates that a device used last are kept. */
export const maxCertificates = 16;

/** One machine, as the server knows it. */
export interface Device {
  readonly id: string;
  readonly createdAt: Date;
  /** `null` for a device that was added before its first contact. */
  readonly firstContactAt: Date | null;
  readonly lastContactAt: Date | null;
  /** Where the last contact came from. */
  readonly address: string | null;
  /** Of the last contact: `h2` or `http/1.1`. */
  readonly protocol: string | null;
  readonly facts: DeviceFacts;
  readonly channel: string;
  readonly labels: readonly string[];
  readonly notes: string;
  readonly admission: Admission;
  readonly hold: Hold | null;
  readonly pin: Pin | null;
  readonly certificates: readonly SeenCertificate[];
  /** What is known about the boards that use its certificate; normally there is one. */
  readonly boards: Boards;
  /** What its certificate was bound to at the last contact; empty means no binding, or no contact yet. */
  readonly boundCompatibles: readonly string[];
  /** The compatible it claims if its certificate contradicts that; `null` when the two agree. */
  readonly claimedCompatible: string | null;
  /** What RAUC's own poller omitted in its last request; `null` for a device that does not use it. */
  readonly pollerOmits: readonly ProvingHeader[] | null;
}

/** A device without contacts or decisions. */
export function newDevice(id: string, admission: Admission, createdAt: Date): Device {
  return {
    id,
    createdAt,
    firstContactAt: null,
    lastContactAt: null,
    address: null,
    protocol: null,
    facts: noFacts,
    channel: defaultChannel,
    labels: [],
    notes: '',
    admission,
    hold: null,
    pin: null,
    certificates: [],
    boards: noBoards,
    boundCompatibles: [],
    claimedCompatible: null,
    pollerOmits: null,
  };
}

/** The certificate that a device used last; `undefined` for one that has not connected. */
export function certificateInUse({
  certificates,
}: Pick<Device, 'certificates'>): SeenCertificate | undefined {
  return certificates.reduce<SeenCertificate | undefined>(
    (latest, one) => (latest === undefined || one.lastSeenAt >= latest.lastSeenAt ? one : latest),
    undefined,
  );
}

/** Whether a device may be what it claims: a claim never overrides the certificate. @param bound empty means no binding */
export function mayBe(compatible: string, bound: readonly string[]): boolean {
  return bound.length === 0 || bound.includes(compatible);
}

/**
 * A device's compatible: what it claims if its certificate allows that, else what was known, else all that the certificate
 * allows.
 */
export function certifiedCompatible(
  bound: readonly string[],
  claimed: string | null,
  known: string | null,
): string | null {
  const fitting = [claimed, known].find((one) => one !== null && mayBe(one, bound));
  const [only = null, ...others] = bound;
  return fitting ?? (others.length === 0 ? only : null);
}

export const deviceIdMaxLength = 64;
const deviceIdPattern = /^[A-Za-z0-9_][A-Za-z0-9._:@+-]*$/;

export function isDeviceId(id: string): boolean {
  return id.length <= deviceIdMaxLength && deviceIdPattern.test(id);
}

/**
 * Checks a device id, which becomes a CN (at most 64 characters, RFC 5280 appendix A) and a file name.
 * @throws DomainError `invalid-input`
 */
export function parseDeviceId(id: string): string {
  if (!isDeviceId(id)) {
    throw DomainError.of('not-a-device-id', { id: id.slice(0, 80), maxLength: deviceIdMaxLength });
  }
  return id;
}

const wordPattern = /^[A-Za-z0-9][A-Za-z0-9._=:@+-]*$/;
export const wordMaxLength = 64;
export const maxLabels = 32;

export function tooManyLabels(): DomainError {
  return DomainError.of('too-many-labels', { maxLabels });
}

/** Checks a label, such as `lab` or `site=berlin`. @throws DomainError `invalid-input` */
export function parseLabel(label: string): string {
  return parseWord(label, 'not-a-label');
}

/** Checks the name of a channel, such as `stable`. @throws DomainError `invalid-input` */
export function parseChannel(channel: string): string {
  return parseWord(channel, 'not-a-channel');
}

function parseWord(word: string, reason: 'not-a-channel' | 'not-a-label'): string {
  if (word.length > wordMaxLength || !wordPattern.test(word)) {
    throw DomainError.of(reason, { word: word.slice(0, 80), maxLength: wordMaxLength });
  }
  return word;
}
