import { DomainError } from './errors';

/** What hawkBit's scripts configure. `null` means that no script has set it, so the server's option applies. */
export interface HawkbitSettings {
  /** How often clients should ask, in milliseconds. */
  readonly pollingTimeMs: number | null;
  /** How much later than expected a poll may come before the target is shown as overdue, in milliseconds. */
  readonly pollingOverdueTimeMs: number | null;
  /** Whether the token of a device identifies it. */
  readonly acceptsTargetTokens: boolean | null;
  /** Whether the gateway token identifies any device. */
  readonly acceptsGatewayToken: boolean | null;
  /** Whether a trusted proxy may name a device and the issuer of its certificate. */
  readonly acceptsProxyHeader: boolean | null;
  /** The issuers that a proxy may name, in lower case. */
  readonly proxyAuthorities: readonly string[] | null;
}

export const noHawkbitSettings: HawkbitSettings = {
  pollingTimeMs: null,
  pollingOverdueTimeMs: null,
  acceptsTargetTokens: null,
  acceptsGatewayToken: null,
  acceptsProxyHeader: null,
  proxyAuthorities: null,
};

const secondMs = 1_000;
/** Clients reject a day or more. */
const maxSeconds = 24 * 3_600 - 1;

/** Reads `HH:MM:SS`. @returns milliseconds. @throws DomainError `invalid-input`, also for 0 and for a day or more */
export function parseDayTime(text: string): number {
  const [, hours, minutes, seconds] = /^(\d{2}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  if (total >= 1 && total <= maxSeconds) return total * secondMs;
  throw DomainError.of('not-a-day-time', { text: text.slice(0, 40) });
}

/** A time as `HH:MM:SS`, which clients read; at least a second, and less than a day. */
export function dayTimeText(ms: number): string {
  const seconds = Math.min(maxSeconds, Math.max(1, Math.round(ms / secondMs)));
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
}

/** Reads the issuers that a proxy may name, separated by commas or semicolons. @throws DomainError `invalid-input` */
export function parseAuthorities(text: string): readonly string[] {
  const issuers = text
    .split(/[,;]/)
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '');
  if (issuers.length <= 32 && issuers.every((one) => /^[a-z0-9._:=-]{1,128}$/.test(one))) return issuers;
  throw DomainError.of('not-an-authority', { text: text.slice(0, 80) });
}
