import { parseCompatible } from '../../../core/bundle';
import type { Contact } from '../../../core/contact';
import type { DeviceFacts } from '../../../core/device-facts';
import { canBeTold, toldMaxLength } from '../../../core/told-text';
import type { Exchange } from '../transport/exchange';
import { headerText } from '../transport/header-text';

const nameMaxLength = 64;
/** Custom headers of one request that are read. */
const maxAttributes = 32;

/** Headers that RAUC has a meaning for; every other `RAUC-*` is the device maker's own. */
const standardNames = new Set([
  'boot-id',
  'machine-id',
  'serial',
  'variant',
  'transaction-id',
  'uptime',
  'system-version',
  'compatible',
]);

/**
 * Reads what a device tells of itself in `RAUC-*` headers. All of it is untrusted: what is too long or not printable counts as
 * not told, and a device is never known by it.
 */
export function readContact(exchange: Exchange, at: Date): Contact {
  const told = readTold(exchange.rawHeaders());
  const custom = [...told].filter(([name]) => !standardNames.has(name)).slice(0, maxAttributes);
  return {
    at,
    address: exchange.connection.address,
    protocol: exchange.connection.session === null ? 'http/1.1' : 'h2',
    transactionId: told.get('transaction-id') ?? null,
    facts: {
      ...factOf('compatible', compatibleOf(told.get('compatible'))),
      ...factOf('variant', told.get('variant')),
      ...factOf('serial', told.get('serial')),
      ...factOf('machineId', told.get('machine-id')),
      ...factOf('bootId', told.get('boot-id')?.toLowerCase()),
      ...factOf('systemVersion', told.get('system-version')),
      ...factOf('uptimeSeconds', secondsOf(told.get('uptime'))),
      ...(custom.length === 0 ? {} : { attributes: Object.fromEntries(custom) }),
    },
  };
}

/** What `RAUC-*` headers say, by the name without the prefix. One that says two things says nothing. */
function readTold(rawHeaders: readonly string[]): Map<string, string> {
  const told = new Map<string, string>();
  const doubtful = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = /^rauc-([a-z0-9_-]+)$/i.exec(rawHeaders[index] ?? '')?.[1]?.toLowerCase();
    if (name === undefined || name.length > nameMaxLength) continue;
    const value = printable(rawHeaders[index + 1]);
    if (value === undefined || (told.has(name) && told.get(name) !== value)) doubtful.add(name);
    else told.set(name, value);
  }
  for (const name of doubtful) told.delete(name);
  return told;
}

/** RAUC's name for the attempt that a request belongs to; cheap, because each range is asked. */
export function transactionIdOf(exchange: Exchange): string | undefined {
  return printable(exchange.header('rauc-transaction-id'));
}

function factOf<Key extends keyof DeviceFacts>(
  key: Key,
  value: DeviceFacts[Key] | undefined,
): Partial<Pick<DeviceFacts, Key>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Pick<DeviceFacts, Key>>);
}

/** @returns `undefined` for what is empty, too long, or not printable UTF-8 */
function printable(header: string | undefined): string | undefined {
  if (header === undefined || header.length > toldMaxLength * 4) return undefined;
  const text = headerText(header)?.trim();
  return text !== undefined && canBeTold(text) ? text : undefined;
}

function compatibleOf(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : parseCompatible(text);
  } catch {
    return undefined;
  }
}

/** Seconds with two decimals; RAUC may say `(null)`. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,12}(\.\d{1,6})?$/.test(text)) return undefined;
  return Number(text);
}
