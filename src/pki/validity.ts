import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { CertificateWarning } from '../core/certificate';

export const defaultDays = { ca: 3650, server: 825, device: 3650 } as const;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly warnings: readonly CertificateWarning[];
}

/** What the time of issuing is checked against. */
export interface IssuingTerms {
  /** The CA that signs; missing for a self-signed certificate. */
  readonly issuer?: { readonly notBefore: Date; readonly notAfter: Date };
  /** When something was last issued in the folder; `undefined` when nothing was. */
  readonly lastIssuedAt: Date | undefined;
}

/**
 * When every certificate made here begins. A board without a battery starts in 1970, and TLS clients refuse a certificate that
 * begins later than their clock says.
 */
export const beginning = new Date(0);

const dayMs = 86_400_000;
const maxDays = 36_500;
/** The clocks of machines that issue into the same folder may differ a little. */
const clockSkewMs = 5 * 60_000;
/** A clock before this time was never set: certificates it issues would have expired once the clock is right. */
const plausibleSince = new Date('2024-01-01T00:00:00Z');

/**
 * When a certificate is valid: from {@link beginning}, and never outside its issuer's time. Trimming the default a little is not
 * worth a message: it would appear for every device of a CA with the same lifetime as its devices.
 * @param days 1 to 36,500; `undefined` for the default
 * @throws DomainError `invalid-input` for other days, `configuration` when the clock is wrong or the CA has expired
 */
export function planValidity(
  now: Date,
  days: { readonly asked: number | undefined; readonly byDefault: number },
  { issuer, lastIssuedAt }: IssuingTerms,
): Validity {
  const wantedMs = checkDays(days.asked ?? days.byDefault) * dayMs;
  checkClock(now, issuer?.notBefore, lastIssuedAt);
  const wanted = new Date(wholeSeconds(now.getTime() + wantedMs));
  if (issuer === undefined) return { notBefore: beginning, notAfter: wanted, warnings: [] };
  if (now >= issuer.notAfter) {
    throw DomainError.of('ca-expired', { at: issuer.notAfter.toISOString() });
  }
  const lostMs = Math.max(0, wanted.getTime() - issuer.notAfter.getTime());
  const isWorthTelling = days.asked === undefined ? lostMs > wantedMs / 10 : lostMs > 0;
  return {
    notBefore: beginning < issuer.notBefore ? issuer.notBefore : beginning,
    notAfter: lostMs > 0 ? issuer.notAfter : wanted,
    warnings: isWorthTelling
      ? [
          {
            code: 'clipped-to-ca',
            message: circumstance('validity-clipped', { at: issuer.notAfter.toISOString() }),
          },
        ]
      : [],
  };
}

function checkDays(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= maxDays) return days;
  throw DomainError.of('validity-invalid', { days, maxDays });
}

/** The end of a certificate counts from the clock of this machine, whatever its beginning is. */
function checkClock(now: Date, notBefore: Date = plausibleSince, lastIssuedAt?: Date): void {
  if (now < plausibleSince || now < notBefore) {
    throw DomainError.of('clock-too-early', { now: now.toISOString() });
  }
  if (lastIssuedAt === undefined || !isBeforeIssue(now, lastIssuedAt)) return;
  throw DomainError.of('clock-before-last-issue', {
    now: now.toISOString(),
    last: lastIssuedAt.toISOString(),
  });
}

/** Whether, by this clock, something was issued in the future. */
export function isBeforeIssue(now: Date, issuedAt: Date): boolean {
  return now.getTime() + clockSkewMs < issuedAt.getTime();
}

/** Certificates know no fractions of a second (RFC 5280, section 4.1.2.5). */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
