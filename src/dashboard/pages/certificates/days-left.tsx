import { text } from '../../texts';

/** As in the overview: enough time to renew a certificate by hand. */
export const noticeDays = 30;
/** Little time to get a new certificate onto a device. */
const urgentDays = 7;

/**
 * How long a certificate remains valid: the less, the more prominent.
 * @param days whole days; negative once it has expired
 */
export function DaysLeft({ days }: { readonly days: number }) {
  const tone = days < urgentDays ? 'bad' : days < noticeDays ? 'warn' : 'muted';
  return <span class={`small days-left ${tone}`}>{text.certificates.daysLeft(days)}</span>;
}
