import { isIP } from 'node:net';

/** The rules about the certificate that the device listener presents. Breaking one of them cuts off every device. */

const dayMs = 86_400_000;

/** How long before its expiry it is renewed, or people are told that this is not possible. */
export const renewalNoticeMs = 30 * dayMs;

/** How long a name counts as in use after a device asked for it. */
export const askedNameLifetimeMs = 7 * dayMs;

/** What is judged about a server certificate. */
export interface ServerCertificateTerms {
  readonly notAfter: Date;
  /** DNS names and addresses. */
  readonly names: readonly string[];
}

/**
 * Whether a certificate is close enough to its end to renew: the last 30 days, or the last third of a short-lived one.
 * @param issuedAt `null` when unknown; if the clock was wrong, it says nothing either
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
 * Why a running server keeps its certificate instead of using a new one; `null` when the new one is no worse.
 * @param asked names that devices asked for in recent days
 * @param covers whether a certificate with these names covers a host
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
