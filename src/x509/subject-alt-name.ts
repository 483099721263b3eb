import { isIP } from 'node:net';
import { DomainError } from '../core/errors';
import { derTags, readDer, readDerList } from './der-reader';
import { taggedBytes, type Asn1 } from './der-writer';

/** Extensions that we make or read (RFC 5280, section 4.2.1). */
export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** A GeneralName of the kinds that we use (RFC 5280, section 4.2.1.6). */
export interface AlternativeName {
  readonly kind: 'dns' | 'uri' | 'ip';
  readonly value: string;
}

const tagOfKind = { dns: 2, uri: 6, ip: 7 } as const;
const deviceUrn = 'urn:rauc-simple-server:device:';
const compatibleUrn = 'urn:rauc-simple-server:compatible:';

export function buildAlternativeName({ kind, value }: AlternativeName): Asn1 {
  return taggedBytes(tagOfKind[kind], kind === 'ip' ? ipBytes(value) : Buffer.from(value, 'ascii'));
}

/** @throws DomainError `invalid-input` when it is malformed; kinds that we don't use are left out */
export function readAlternativeNames(extension: Buffer): AlternativeName[] {
  const contextSpecific = 0x80;
  return readDerList(readDer(extension, derTags.sequence).content).flatMap(
    ({ tag, content }): AlternativeName[] => {
      if (tag === (contextSpecific | tagOfKind.ip)) return [{ kind: 'ip', value: ipText(content) }];
      const kind = (['dns', 'uri'] as const).find(
        (candidate) => tag === (contextSpecific | tagOfKind[candidate]),
      );
      if (kind === undefined) return [];
      if (content.some((octet) => octet < 0x20 || octet > 0x7e)) throw malformed();
      return [{ kind, value: content.toString('latin1') }];
    },
  );
}

/** How a device's id is said in its certificate: as a DNS name where it is one, else as a URN. */
export function deviceName(id: string): AlternativeName {
  return isHostName(id)
    ? { kind: 'dns', value: id }
    : { kind: 'uri', value: deviceUrn + encodeURIComponent(id) };
}

export function compatibleName(compatible: string): AlternativeName {
  return { kind: 'uri', value: compatibleUrn + encodeURIComponent(compatible) };
}

/** @throws DomainError `invalid-input` when one can't be decoded: a binding must never get lost */
export function boundCompatibles(names: readonly AlternativeName[]): string[] {
  return urnValues(names, compatibleUrn);
}

/** What people read: DNS names, addresses, and the device's id. */
export function displayNames(names: readonly AlternativeName[]): string[] {
  const hosts = names.filter(({ kind }) => kind !== 'uri').map(({ value }) => value);
  return [...hosts, ...urnValues(names, deviceUrn)];
}

/** One spelling for each address: lower case and shortest for IPv6 (RFC 5952). `undefined` for what is none. */
export function canonicalIp(text: string): string | undefined {
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6 || address.includes('%')) return undefined;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** Letters, digits and inner dashes in dot-separated labels (RFC 1123, section 2.1), and not an IPv4 address. */
function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

function urnValues(names: readonly AlternativeName[], prefix: string): string[] {
  return names
    .filter(({ kind, value }) => kind === 'uri' && value.startsWith(prefix))
    .map(({ value }) => {
      try {
        return decodeURIComponent(value.slice(prefix.length));
      } catch (cause) {
        throw malformed(cause);
      }
    });
}

function ipBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const canonical = canonicalIp(text);
  if (canonical === undefined)
    throw new DomainError('invalid-input', `${JSON.stringify(text)} is not an IP address`);
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
  if (address === undefined) throw malformed();
  return address;
}

function malformed(cause?: unknown): DomainError {
  return new DomainError('invalid-input', 'the certificate is malformed: a subjectAltName cannot be read', {
    cause,
  });
}
