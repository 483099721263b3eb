import { DomainError } from '../core/errors';
import type { Finding } from '../core/inspection';

export const defaultDays = { ca: 3650, server: 825, device: 3650 } as const;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly warnings: readonly Finding[];
}

const dayMs = 86_400_000;
const maxDays = 36_500;
/** Clocks of devices and servers are a little apart. */
const clockSkewMs = 5 * 60_000;
/** A board without a battery starts in 1970: what is issued then is expired when its clock is right. */
const plausibleSince = new Date('2024-01-01T00:00:00Z');

/**
 * When a certificate is valid: from a little in the past, and never outside the time of its issuer. A default that is cut a
 * little is nothing to tell: every device of a CA as old as its devices shall get would be.
 * @param days 1 to 36,500; the default when nobody asked for a number
 * @throws DomainError `invalid-input` for other days, `configuration` when the clock is wrong or the CA has expired
 */
export function planValidity(
  now: Date,
  days: { readonly asked: number | undefined; readonly byDefault: number },
  issuer?: { readonly notBefore: Date; readonly notAfter: Date },
): Validity {
  const wantedMs = checkDays(days.asked ?? days.byDefault) * dayMs;
  checkClock(now, issuer?.notBefore);
  const wanted = new Date(wholeSeconds(now.getTime() + wantedMs));
  const notBefore = new Date(wholeSeconds(now.getTime() - clockSkewMs));
  if (issuer === undefined) return { notBefore, notAfter: wanted, warnings: [] };
  if (now >= issuer.notAfter) {
    throw new DomainError('configuration', `the CA expired on ${issuer.notAfter.toISOString()}`, {
      remedy:
        'Make a new one with: cert ca --force. Devices need the new ca.crt before they trust the server again.',
    });
  }
  const lostMs = Math.max(0, wanted.getTime() - issuer.notAfter.getTime());
  const isWorthTelling = days.asked === undefined ? lostMs > wantedMs / 10 : lostMs > 0;
  return {
    notBefore: notBefore < issuer.notBefore ? issuer.notBefore : notBefore,
    notAfter: lostMs > 0 ? issuer.notAfter : wanted,
    warnings: isWorthTelling
      ? [
          {
            code: 'clipped-to-ca',
            message: `it is valid until ${issuer.notAfter.toISOString()} only, because the CA expires then`,
          },
        ]
      : [],
  };
}

function checkDays(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= maxDays) return days;
  throw new DomainError('invalid-input', `${days} is not a number of days`, {
    remedy: `Use a whole number from 1 to ${maxDays}.`,
  });
}

function checkClock(now: Date, notBefore: Date = plausibleSince): void {
  if (now >= plausibleSince && now >= notBefore) return;
  throw new DomainError(
    'configuration',
    `the clock of this machine says ${now.toISOString()}, which is too early`,
    { remedy: 'Set the clock, then do it again.' },
  );
}

/** Certificates know no fractions of a second (RFC 5280, section 4.1.2.5). */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
