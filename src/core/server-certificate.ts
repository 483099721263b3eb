import { isIP } from 'node:net';

/** The rules about the certificate that the device listener shows. Every device is cut off where one is broken. */

const dayMs = 86_400_000;

/** So long before its end it is renewed, or people are told that it cannot be. */
export const renewalNoticeMs = 30 * dayMs;

/** So long a name counts as in use after a device asked for it. */
export const askedNameLifetimeMs = 7 * dayMs;

/** What is judged of a server certificate. */
export interface ServerCertificateTerms {
  readonly notAfter: Date;
  /** DNS names and addresses. */
  readonly names: readonly string[];
}

/**
 * Whether the last days of a certificate have come, in which it is renewed: 30 days, or a third of the life of one that is short-lived.
 * @param issuedAt `null` when nobody noted it; a clock that was wrong then tells nothing either
 */
export function isRenewalDue(notAfter: Date, issuedAt: Date | null, at: Date): boolean {
  const isKnown = issuedAt !== null && issuedAt < notAfter;
  const lifeMs = isKnown ? notAfter.getTime() - issuedAt.getTime() : Infinity;
  return notAfter.getTime() - at.getTime() < Math.min(renewalNoticeMs, lifeMs / 3);
}

export type HoldReason =
  | { readonly kind: 'expired'; readonly notAfter: Date }
  | { readonly kind: 'misses-names'; readonly names: readonly string[] };

/**
 * Why a running server goes on with the certificate that it has, rather than with a new one; `null` when the new one is no worse.
 * @param asked names that devices asked for in the last days
 * @param covers whether a certificate of such names is for a host
 */
export function whyHeldBack(
  inUse: ServerCertificateTerms,
  found: ServerCertificateTerms,
  { at, asked, covers }: HoldTerms,
): HoldReason | null {
  if (inUse.notAfter <= at) return null; // nothing is lost
  if (found.notAfter <= at) return { kind: 'expired', notAfter: found.notAfter };
  const names = asked.filter((name) => covers(inUse.names, name) && !covers(found.names, name));
  return names.length === 0 ? null : { kind: 'misses-names', names };
}

export interface HoldTerms {
  readonly at: Date;
  readonly asked: readonly string[];
  readonly covers: (names: readonly string[], host: string) => boolean;
}

/** The option of `cert server` that adds a host. @param host a DNS name, or an address without brackets */
export function hostOption(host: string): string {
  return `${isIP(host) === 0 ? '--name' : '--ip'} ${host}`;
}
