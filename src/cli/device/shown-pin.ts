import type { z } from 'zod';
import { deviceJson } from '../../contract/device';
import type { Read } from '../../contract/reader';
import { formatInstant } from '../kernel/printable';

/** What a device is pinned to, as the commands read it: an older server does not tell the terms. */
export const shownPin = deviceJson.shape.pin.unwrap().partial({ terms: true }).nullable();
type ShownPin = Read<NonNullable<z.infer<typeof shownPin>>>;

/** How a device takes what it is pinned to; `null` if there is nothing to say. */
export function pinTermsText({ terms = null }: ShownPin): string | null {
  if (terms === null) return null;
  const { kind, forced_at: forcedAt, window } = terms;
  const forced = forcedAt === null ? '' : `, forced from ${formatInstant(forcedAt)}`;
  const open =
    window === null ? '' : `, in the window ${window.schedule} for ${window.duration} at ${window.timezone}`;
  return `${kind}${forced}${open}`;
}
