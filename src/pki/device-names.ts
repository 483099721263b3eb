import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { AlternativeName } from '../x509/general-name';

const deviceUrn = 'urn:rauc-simple-server:device:';
const compatibleUrn = 'urn:rauc-simple-server:compatible:';

/** A device's id as its certificate states it: a DNS name if it is one, otherwise a URN. */
export function deviceName(id: string): AlternativeName {
  return isHostName(id)
    ? { kind: 'dns', value: id }
    : { kind: 'uri', value: deviceUrn + encodeURIComponent(id) };
}

export function compatibleName(compatible: string): AlternativeName {
  return { kind: 'uri', value: compatibleUrn + encodeURIComponent(compatible) };
}

/** @throws DomainError `invalid-input` when one cannot be decoded: a binding must never be lost */
export function boundCompatibles(names: readonly AlternativeName[]): string[] {
  return urnValues(names, compatibleUrn);
}

/** The names to show to people: DNS names, addresses, and the device's id. */
export function displayNames(names: readonly AlternativeName[]): string[] {
  const hosts = names.filter(({ kind }) => kind !== 'uri').map(({ value }) => value);
  return [...hosts, ...urnValues(names, deviceUrn)];
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
        throw DomainError.of(
          'certificate-malformed',
          { why: circumstance('alternative-name-unreadable') },
          { cause },
        );
      }
    });
}
