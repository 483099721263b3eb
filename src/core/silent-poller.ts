import type { Bundle } from './bundle';
import type { DeviceFacts } from './device-facts';
import type { Installation } from './installation';
import { isFailure, isUnsettled } from './installation-states';
import { payloadNeed } from './payload-need';

/**
 * What RAUC's own poller must send so that a boot proves or disproves an update, as named in `[streaming] send-headers=`. It
 * reports nothing, so if one is missing, a bundle that does not boot would be offered, installed and rolled back endlessly.
 */
export const provingHeaders = ['boot-id', 'system-version'] as const;
export type ProvingHeader = (typeof provingHeaders)[number];

/** What a poll leaves out of it. */
export function omittedHeaders({ bootId, systemVersion }: Partial<DeviceFacts>): readonly ProvingHeader[] {
  const told = { 'boot-id': bootId, 'system-version': systemVersion };
  return provingHeaders.filter((name) => (told[name] ?? null) === null);
}

/** What a device has downloaded of a bundle without reporting the outcome. */
export interface UnprovenDownloads {
  readonly sha256: string;
  /** How often it began. */
  readonly attempts: number;
  readonly bytesSent: number;
  /** It counts as a failure already. */
  readonly isFailure: boolean;
}

/** @param omits what its poller leaves out; `null` for a device without RAUC's poller */
export function unprovenDownloads(
  omits: readonly ProvingHeader[] | null,
  installation: Installation | null,
): UnprovenDownloads | null {
  if (omits === null || omits.length === 0 || installation === null) return null;
  if (installation.clearedAt !== null || installation.startedAt === null) return null;
  const isFailed = isFailure(installation);
  if (!isFailed && !isUnsettled(installation)) return null;
  const { sha256, attempts, bytesSent } = installation;
  return { sha256, attempts, bytesSent, isFailure: isFailed };
}

/**
 * How many attempts the downloads of a bundle amount to.
 *
 * One attempt is as many bytes as the whole bundle has, so that a download cut short by a bad line counts only for its bytes. RAUC reads
 * some blocks twice; there are still never more attempts than downloads that started. For an adaptive bundle, and wherever it is unknown
 * how much of it a device reads, each start is an attempt: once its blocks are in the slot, the next one reads hardly any of them.
 */
export function untoldTries(
  { attempts, bytesSent }: Pick<UnprovenDownloads, 'attempts' | 'bytesSent'>,
  bundle: Bundle,
): number {
  const { wholeBytes } = payloadNeed(bundle);
  return wholeBytes === 0 ? attempts : Math.min(attempts, Math.floor(bytesSent / wholeBytes));
}
