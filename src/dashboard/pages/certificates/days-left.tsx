import { text } from '../../texts';

/** As the overview says that a certificate expires: enough to renew by hand. */
export const noticeDays = 30;
/** Little time to bring a new certificate to a device. */
const urgentDays = 7;

/** How long a certificate is good for: the less, the more it catches the eye. @param days whole ones; negative when it expired */
export function DaysLeft({ days }: { readonly days: number }) {
  const tone = days < urgentDays ? 'bad' : days < noticeDays ? 'warn' : 'muted';
  return <span class={`small days-left ${tone}`}>{text.certificates.daysLeft(days)}</span>;
}
