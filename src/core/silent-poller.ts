import type { Bundle } from './bundle';
import type { DeviceFacts } from './device-facts';
import type { Installation } from './installation';
import { isFailure, isUnsettled } from './installation-states';
import { payloadNeed } from './payload-need';

/**
 * The headers that RAUC's own poller must send for a boot to prove or disprove an update, as named in `[streaming]
 * send-headers=`. The poller sends no reports, so if one of them is missing, a bundle that does not boot would be offered,
 * installed and rolled back endlessly.
 */
export const provingHeaders = ['boot-id', 'system-version'] as const;
export type ProvingHeader = (typeof provingHeaders)[number];

/** Which of these headers a poll omits. */
export function omittedHeaders({ bootId, systemVersion }: Partial<DeviceFacts>): readonly ProvingHeader[] {
  const told = { 'boot-id': bootId, 'system-version': systemVersion };
  return provingHeaders.filter((name) => (told[name] ?? null) === null);
}

/** What a device has downloaded of a bundle without reporting the outcome. */
export interface UnprovenDownloads {
  readonly sha256: string;
  /** How often an attempt began. */
  readonly attempts: number;
  readonly bytesSent: number;
  /** Whether it already counts as a failure. */
  readonly isFailure: boolean;
}

/** @param omits the headers that its poller omits; `null` for a device without RAUC's poller */
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
 * As many bytes as the whole bundle has make one attempt, so a download cut short by a bad line counts only for its bytes. RAUC
 * reads some blocks twice; there are still never more attempts than downloads that started. For an adaptive bundle, and whenever
 * it is unknown how much of it a device reads, each start is an attempt: once its blocks are in the slot, the next attempt reads
 * hardly any of them.
 */
export function untoldTries(
  { attempts, bytesSent }: Pick<UnprovenDownloads, 'attempts' | 'bytesSent'>,
  bundle: Bundle,
): number {
  const { wholeBytes } = payloadNeed(bundle);
  return wholeBytes === 0 ? attempts : Math.min(attempts, Math.floor(bytesSent / wholeBytes));
}
