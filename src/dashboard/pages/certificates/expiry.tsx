import { StateBadge } from '../../parts/badge';
import { Day } from '../../parts/time';
import { DaysLeft, noticeDays } from './days-left';

interface Expiring {
  readonly not_after: string;
  readonly days_left: number;
}

/** The state of a certificate in one of the words that badges know. */
export function stateOf({
  days_left: days,
  revoked_at: revokedAt,
}: Expiring & { readonly revoked_at?: string | null }) {
  if (revokedAt !== undefined && revokedAt !== null) return 'revoked';
  if (days < 0) return 'expired';
  return days < noticeDays ? 'expiring' : 'valid';
}

/** One that was revoked may be out of a stolen device: who wants another all the same issues it by its own name. */
export function isRunningOut(certificate: Parameters<typeof stateOf>[0]): boolean {
  const state = stateOf(certificate);
  return state === 'expiring' || state === 'expired';
}

/** The day, how long that is, and whether somebody should do something. */
export function Expiry({ certificate }: { readonly certificate: Expiring }) {
  const state = stateOf(certificate);
  return (
    <span class="expiry">
      <Day at={certificate.not_after} /> <DaysLeft days={certificate.days_left} />{' '}
      {state !== 'valid' && <StateBadge state={state} />}
    </span>
  );
}
