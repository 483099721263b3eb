import { isIP } from 'node:net';
import { compatibleMaxLength, parseCompatible } from '../core/bundle';
import { everyoneAtOnce } from '../core/rollout';
import { formatSteps, parsePolicy, parseSteps } from '../core/rollout-policy';

/**
 * The forms that option values can have: each one turns text into a value, or says `undefined`, and names the form
 * that it accepts for the message about a bad value.
 */
export interface ValueType<T> {
  readonly name: string;
  /** As the object of "use ...". */
  readonly accepts: string;
  /** @returns `undefined` when the text does not have the form */
  readonly parse: (text: string) => T | undefined;
  /** The value as one would write it. */
  format(value: T): string;
}

const plain = (value: unknown): string => String(value);

/** Free text on one line. */
export const text: ValueType<string> = {
  name: 'text',
  accepts: 'one line of text without control characters',
  parse: (value) => (/\p{Cc}/u.test(value) ? undefined : value),
  format: plain,
};

/** A compatible, by the rule of the core. */
export const compatible: ValueType<string> = {
  name: 'compatible',
  accepts: `1 to ${compatibleMaxLength} printable characters without a blank at either end`,
  parse: (value) => {
    try {
      return parseCompatible(value);
    } catch {
      return undefined;
    }
  },
  format: plain,
};

/** Steps of a rollout, by the rule of the core. */
export const rolloutSteps: ValueType<string> = {
  name: 'steps',
  accepts:
    'growing percentages up to 100, or labels, such as 5,25,100 or group:lab,10,100; 100 is everyone at once',
  parse: (value) => {
    try {
      return formatSteps(parsePolicy({ ...everyoneAtOnce, steps: parseSteps(value) }).steps);
    } catch {
      return undefined;
    }
  },
  format: plain,
};

/** A file or folder; it is not looked at here. */
export const filePath: ValueType<string> = {
  name: 'path',
  accepts: 'a path',
  parse: (value) => (value.includes('\0') ? undefined : value),
  format: plain,
};

/** A bearer token (RFC 6750 section 2.1 `b64token`, and nothing that could break a header line). */
export const token: ValueType<string> = {
  name: 'token',
  accepts: 'the token as it was shown, without blanks',
  parse: (value) => (/^[\x21-\x7e]{1,1024}$/.test(value) ? value : undefined),
  format: plain,
};

/** The origin of an HTTPS server; normalised as the WHATWG URL standard says, without the slash at the end. */
export const httpsOrigin: ValueType<string> = {
  name: 'URL',
  accepts:
    'https://, a host and optionally a port, such as https://updates.example.com:8443, without path, query or user',
  parse: (value) => {
    if (!/^https:\/\/[^\s/?#@\\]+\/?$/i.test(value)) return undefined;
    const url = parseUrl(value);
    return url === undefined || url.port === '0' ? undefined : url.origin;
  },
  format: plain,
};

/** Where a server is reached: an HTTP or HTTPS URL, also below a path, without the slash at the end. */
export const serverAddress: ValueType<string> = {
  name: 'URL',
  accepts:
    'http:// or https://, a host, optionally port and path, such as http://127.0.0.1:8080, without query or user',
  parse: (value) => {
    if (!/^https?:\/\/[^\s/?#@\\]+(\/[^\s?#\\]*)?$/i.test(value)) return undefined;
    const url = parseUrl(value);
    return url === undefined ? undefined : url.origin + url.pathname.replace(/\/+$/, '');
  },
  format: plain,
};

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

function parsePort(value: string): number | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? Number(value) : undefined;
}

/** A TCP port; 0 lets the system choose. */
export const port: ValueType<number> = {
  name: 'port',
  accepts: 'a whole number from 0 (any free port) to 65535',
  parse: parsePort,
  format: plain,
};

const hostLabel = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostPattern = new RegExp(`^(?=.{1,253}$)${hostLabel}(\\.${hostLabel})*$`);

/** An IP address or host name (RFC 1123 section 2.1; underscores as people use them). Four bad octets are not a name. */
function parseHost(value: string): string | undefined {
  if (isIP(value) !== 0) return value;
  return hostPattern.test(value) && !/^[\d.]+$/.test(value) ? value.toLowerCase() : undefined;
}

export const host: ValueType<string> = {
  name: 'address',
  accepts: 'an IP address or host name, such as 127.0.0.1, :: or localhost, without port',
  parse: parseHost,
  format: plain,
};

/** A host, and optionally a port behind a colon (an IPv6 address with a port is in brackets). */
function parseHostAndPort(value: string): string | undefined {
  if (parseHost(value) !== undefined) return parseHost(value);
  const [, name, address, digits = ''] = /^(?:([^:[\]]+)|\[([^\]]+)\]):(\d{1,5})$/.exec(value) ?? [];
  if (parsePort(digits) === undefined) return undefined;
  if (address !== undefined) return isIP(address) === 6 ? value.toLowerCase() : undefined;
  return name !== undefined && parseHost(name) !== undefined ? value.toLowerCase() : undefined;
}

/** A list in which each part is checked; empty parts, as after a trailing separator, are dropped. */
function listOf(
  name: string,
  separator: string,
  accepts: string,
  parsePart: (part: string) => string | undefined,
): ValueType<readonly string[]> {
  return {
    name,
    accepts,
    parse: (value) => {
      const parts = value
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(parsePart);
      return parts.some((part) => part === undefined)
        ? undefined
        : parts.filter((part) => part !== undefined);
    },
    format: (value) => value.join(separator),
  };
}

export const hosts = listOf(
  'names',
  ',',
  'host names separated by commas, each with a port or without, such as updates.lan,ota.example.com:8080',
  parseHostAndPort,
);

/** An address, or a network as `10.0.0.0/8`. */
function parseNetwork(value: string): string | undefined {
  const [, address = '', prefix] = /^([0-9a-f.:]+?)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  return longest === undefined || Number(prefix ?? 0) > longest ? undefined : value.toLowerCase();
}

export const networks = listOf(
  'networks',
  ',',
  'IP addresses or networks separated by commas, such as 127.0.0.1,10.1.0.0/16',
  parseNetwork,
);

/** RAUC's own separator in `allowed-signer-cns`, since a CN may well have a comma. */
export const commonNames = listOf('names', ';', 'common names separated by semicolons', text.parse);

/** One of a few words. */
export function choice<const W extends string>(...words: readonly W[]): ValueType<W> {
  return {
    name: words.join(' | '),
    accepts: `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`,
    parse: (value) => words.find((word) => word === value),
    format: plain,
  };
}

const truths = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

export const flag: ValueType<boolean> = {
  name: 'boolean',
  accepts: 'true or false',
  parse: (value) => truths.get(value.toLowerCase()),
  format: plain,
};

/** Integers, so that every value has exactly one scale in which it is written without a fraction. */
function scaled(
  name: string,
  accepts: string,
  scales: readonly (readonly [unit: string, factor: number])[],
  range: { readonly min: number; readonly max: number },
  isUnitOptional: boolean,
): ValueType<number> {
  return {
    name,
    accepts,
    parse: (value) => {
      const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(value);
      const [, digits = '', unit = ''] = match ?? [];
      const factor =
        unit === '' && isUnitOptional
          ? 1
          : scales.find(([known]) => known.toLowerCase() === unit.toLowerCase())?.[1];
      if (match === null || factor === undefined) return undefined;
      const amount = Math.floor(Number(digits) * factor);
      return amount >= range.min && amount <= range.max ? amount : undefined;
    },
    format: (value) => {
      const [unit, factor] = scales.find(([, f]) => value >= f && value % f === 0) ??
        scales.at(-1) ?? ['', 1];
      return `${value / factor}${unit}`;
    },
  };
}

/** Bytes. */
export const size = scaled(
  'size',
  'a size such as 16GiB, 600MB or a plain number of bytes, at least 1',
  [
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
    ['B', 1],
  ],
  { min: 1, max: Number.MAX_SAFE_INTEGER },
  true,
);

/** Milliseconds; at most a day, far below what a timer can hold. */
export const duration = scaled(
  'duration',
  'a duration with its unit such as 500ms, 30s, 5m or 1h, at most 24h',
  [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ],
  { min: 0, max: 86_400_000 },
  false,
);

/** Longer times, such as those after which a device is missed, in milliseconds. */
export const period = scaled(
  'period',
  'a period with its unit such as 90s, 30m, 12h or 14d, at least 1s and at most 3650d',
  [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ],
  { min: 1_000, max: 3_650 * 86_400_000 },
  false,
);

/** A small whole number. */
export const count: ValueType<number> = {
  name: 'number',
  accepts: 'a whole number from 1 to 1000',
  parse: (value) => (/^(?:[1-9]\d{0,2}|1000)$/.test(value) ? Number(value) : undefined),
  format: plain,
};

/** A small whole number, or 0 for none. */
export const countOrNone: ValueType<number> = {
  name: 'number',
  accepts: 'a whole number from 0 to 1000',
  parse: (value) => (value === '0' ? 0 : count.parse(value)),
  format: plain,
};
