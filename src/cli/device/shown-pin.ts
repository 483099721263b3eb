import type { z } from 'zod';
import { deviceJson } from '../../contract/device';
import type { Read } from '../../contract/reader';
import { pinTermsSentences } from '../../core/circumstances/pin-sentences';
import { formatInstant } from '../kernel/printable';

/** What a device is pinned to, as the commands read it: an older server does not report the terms. */
export const shownPin = deviceJson.shape.pin.unwrap().partial({ terms: true }).nullable();
type ShownPin = Read<NonNullable<z.infer<typeof shownPin>>>;

/** How a device takes what it is pinned to; `null` if there is nothing to say. */
export function pinTermsText({ terms = null }: ShownPin, at: Date): string | null {
  if (terms === null) return null;
  return pinTermsSentences(terms, at, formatInstant).join(' ') || null;
}
