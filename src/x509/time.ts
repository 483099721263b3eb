import { circumstance } from '../core/circumstances/catalogue';
import type { Element } from './element';
import { Malformed } from './malformed';
import { tags } from './tags';

const digits: Readonly<Record<number, number>> = { [tags.utcTime]: 12, [tags.generalizedTime]: 14 };

/** @throws Malformed for a time that OpenSSL would not compare with the clock */
export function readTime(element: Element): Date {
  const time = parseTime(element.tag, element.content);
  if (time === undefined) throw new Malformed(circumstance('time-unreadable'));
  return time;
}

/**
 * A UTCTime or GeneralizedTime in the one form that certificates use (RFC 5280, section 4.1.2.5), which is also that of DER:
 * with seconds, without fractions, in UTC.
 * @returns `undefined` for another form, or a day or hour that does not exist
 */
export function parseTime(tag: number, content: Buffer): Date | undefined {
  const text = content.toString('latin1');
  if (text.length - 1 !== digits[tag] || !/^\d+Z$/.test(text)) return undefined;
  const full = tag === tags.utcTime ? (text < '50' ? '20' : '19') + text : text;
  const iso = full.replace(/(....)(..)(..)(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6.000Z');
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) || time.toISOString() !== iso ? undefined : time;
}
