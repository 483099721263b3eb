import { StateBadge } from '../../parts/badge';
import { Day } from '../../parts/time';
import { DaysLeft, noticeDays } from './days-left';

interface Expiring {
  readonly not_after: string;
  readonly days_left: number;
}

/** A certificate's state as one of the words that badges know. */
export function stateOf({
  days_left: days,
  revoked_at: revokedAt,
}: Expiring & { readonly revoked_at?: string | null }) {
  if (revokedAt !== undefined && revokedAt !== null) return 'revoked';
  if (days < 0) return 'expired';
  return days < noticeDays ? 'expiring' : 'valid';
}

/** A revoked certificate may come from a stolen device: to replace it anyway, issue one by name. */
export function isRunningOut(certificate: Parameters<typeof stateOf>[0]): boolean {
  const state = stateOf(certificate);
  return state === 'expiring' || state === 'expired';
}

/** The date, the time left, and whether someone should act. */
export function Expiry({ certificate }: { readonly certificate: Expiring }) {
  const state = stateOf(certificate);
  return (
    <span class="expiry">
      <Day at={certificate.not_after} /> <DaysLeft days={certificate.days_left} />{' '}
      {state !== 'valid' && <StateBadge state={state} />}
    </span>
  );
}
