import { circumstance } from '../core/circumstances/catalogue';
import { isIP } from 'node:net';
import { DomainError } from '../core/errors';
import { taggedBytes, type Asn1 } from './der-writer';
import { type Element, expectTag } from './element';
import { Malformed } from './malformed';
import { explicit, implicit, tags } from './tags';

/** A GeneralName of a kind that we use (RFC 5280, section 4.2.1.6). */
export interface AlternativeName {
  readonly kind: 'dns' | 'uri' | 'ip';
  readonly value: string;
}

/** The tag numbers of a GeneralName. */
export const generalNameTags = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const;

export function buildAlternativeName({ kind, value }: AlternativeName): Asn1 {
  return taggedBytes(generalNameTags[kind], kind === 'ip' ? ipBytes(value) : Buffer.from(value, 'ascii'));
}

/**
 * The names of a subjectAltName; kinds that we don't use are left out.
 * @throws Malformed
 */
export function readAlternativeNames(value: Element): AlternativeName[] {
  return expectTag(value, tags.sequence)
    .members()
    .flatMap(({ tag, content }): AlternativeName[] => {
      if (tag === implicit(generalNameTags.ip)) return [{ kind: 'ip', value: ipText(content) }];
      const kind = (['dns', 'uri'] as const).find(
        (candidate) => tag === implicit(generalNameTags[candidate]),
      );
      if (kind === undefined) return [];
      if (content.some((octet) => octet < 0x20 || octet > 0x7e)) throw unreadable();
      return [{ kind, value: content.toString('latin1') }];
    });
}

/**
 * The Name in a GeneralName of that kind. Its tag is explicit, because a Name is a CHOICE (X.680, section 31.2.7).
 * @throws Malformed
 */
export function directoryNameOf(name: Element): Element | undefined {
  return name.tag === explicit(generalNameTags.directory) ? name.inner() : undefined;
}

/** One spelling for each address: lower case and shortest for IPv6 (RFC 5952). `undefined` for anything else. */
export function canonicalIp(text: string): string | undefined {
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6 || address.includes('%')) return undefined;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function ipBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const canonical = canonicalIp(text);
  if (canonical === undefined) throw DomainError.of('not-an-ip-address', { text });
  const [head = '', tail] = canonical.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = bytes.toString('hex').match(/.{4}/g) ?? [];
  const address = bytes.length === 16 ? canonicalIp(groups.join(':')) : undefined;
  if (address === undefined) throw unreadable();
  return address;
}

function unreadable(): Malformed {
  return new Malformed(circumstance('alternative-name-unreadable'));
}
