import { parseCompatible } from '../../../core/bundle';
import type { Contact } from '../../../core/contact';
import type { DeviceFacts } from '../../../core/device-facts';
import { canBeTold, toldMaxLength } from '../../../core/told-text';
import type { Exchange } from '../transport/exchange';
import { headerText } from '../transport/header-text';

const nameMaxLength = 64;
/** How many custom headers of one request are read. */
const maxAttributes = 32;

/** Facts in text form, by the name of their header without `RAUC-`. */
export const factNames = {
  compatible: 'compatible',
  variant: 'variant',
  serial: 'serial',
  'machine-id': 'machineId',
  'boot-id': 'bootId',
  'system-version': 'systemVersion',
} as const;
export type TextFact = (typeof factNames)[keyof typeof factNames];

/** Headers that RAUC defines; every other `RAUC-*` is the device maker's own. */
const standardNames = new Set([...Object.keys(factNames), 'transaction-id', 'uptime']);

/**
 * Reads what a device says about itself in `RAUC-*` headers. All of it is untrusted: values that are too long or not
 * printable are ignored, and none of them ever identifies a device.
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
      ...textFacts(told),
      ...uptimeOf(told.get('uptime')),
      ...(custom.length === 0 ? {} : { attributes: Object.fromEntries(custom) }),
    },
  };
}

/** The values of `RAUC-*` headers, by the name without the prefix. A header with two different values is ignored. */
function readTold(rawHeaders: readonly string[]): Map<string, string> {
  const told = new Map<string, string>();
  const doubtful = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const header = rawHeaders[index] ?? '';
    if (header.length < 6 || header.charAt(4) !== '-') continue; // cheaper than the expression
    const name = /^rauc-([a-z0-9_-]+)$/i.exec(header)?.[1]?.toLowerCase();
    if (name === undefined || name.length > nameMaxLength) continue;
    const value = printable(rawHeaders[index + 1]);
    if (value === undefined || (told.has(name) && told.get(name) !== value)) doubtful.add(name);
    else told.set(name, value);
  }
  for (const name of doubtful) told.delete(name);
  return told;
}

/** RAUC's name for the attempt that a request belongs to. Cheap, because it runs for every range. */
export function transactionIdOf(exchange: Exchange): string | undefined {
  return printable(exchange.header('rauc-transaction-id'));
}

function textFacts(told: ReadonlyMap<string, string>): Partial<Pick<DeviceFacts, TextFact>> {
  const facts: Partial<Record<TextFact, string>> = {};
  for (const [name, fact] of Object.entries(factNames)) {
    const text = told.get(name);
    const value = text === undefined ? undefined : readFact(fact, text);
    if (value !== undefined) facts[fact] = value;
  }
  return facts;
}

/** @returns `undefined` for a value that the fact cannot have */
export function readFact(fact: TextFact, text: string): string | undefined {
  if (fact === 'bootId') return text.toLowerCase();
  return fact === 'compatible' ? compatibleOf(text) : text;
}

/** @returns `undefined` for text that is empty, too long, or not printable UTF-8 */
function printable(header: string | undefined): string | undefined {
  if (header === undefined || header.length > toldMaxLength * 4) return undefined;
  const text = headerText(header)?.trim();
  return text !== undefined && canBeTold(text) ? text : undefined;
}

function compatibleOf(text: string): string | undefined {
  try {
    return parseCompatible(text);
  } catch {
    return undefined;
  }
}

/** Seconds with two decimals; RAUC may say `(null)`. */
function uptimeOf(text: string | undefined): Partial<Pick<DeviceFacts, 'uptimeSeconds'>> {
  if (text === undefined || !/^\d{1,12}(\.\d{1,6})?$/.test(text)) return {};
  return { uptimeSeconds: Number(text) };
}
