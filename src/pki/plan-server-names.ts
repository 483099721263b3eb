import { isIP } from 'node:net';
import { DomainError } from '../core/errors';
import type { CreateServerRequest } from '../ports/certificates';
import { type AlternativeName, canonicalIp } from '../x509/general-name';
import type { CertificateFields } from './certificate-fields';
import { summarizeFields } from './summarize-certificate';
import { coversHost, defaultServerNames, parseServerNames } from './server-names';

/**
 * The names for the next server certificate: the existing ones, the requested ones, and the host that devices use. A name is
 * dropped only on request, because that cuts off every device that uses it.
 * @param current names of the certificate being replaced; `null` when there is none, or its names do not count
 * @throws DomainError `invalid-input` for an invalid name, or one that cannot be dropped
 */
export function planServerNames(
  request: Pick<CreateServerRequest, 'names' | 'ips' | 'host' | 'dropNames'>,
  current: readonly AlternativeName[] | null,
): AlternativeName[] {
  const dropped = (request.dropNames ?? []).map(canonical);
  const isDropped = ({ value }: AlternativeName) => dropped.includes(canonical(value));
  for (const name of dropped) refuseUnknown(name, current ?? []);
  const hasAsked = request.names.length + request.ips.length > 0;
  const asked =
    hasAsked || current === null ? parseServerNames(hasAsked ? request : defaultServerNames()) : [];
  const contradiction = asked.find(isDropped);
  if (contradiction !== undefined) {
    throw DomainError.of('name-added-and-dropped', { name: contradiction.value });
  }
  const names = uniqueNames([...(current ?? []).filter((name) => !isDropped(name)), ...asked]);
  return withHost(names, request.host, dropped);
}

/**
 * The names that a certificate covers. Old clients use the common name if there is nothing else (RFC 6125, section
 * 6.4.4).
 */
export function namesOf(leaf: CertificateFields): AlternativeName[] {
  const names = leaf.alternativeNames.filter(({ kind }) => kind !== 'uri');
  if (names.length > 0) return names;
  const { commonName } = summarizeFields(leaf);
  try {
    const isAddress = canonicalIp(commonName) !== undefined;
    return parseServerNames({ names: isAddress ? [] : [commonName], ips: isAddress ? [commonName] : [] });
  } catch {
    return []; // a name for people
  }
}

function withHost(
  names: readonly AlternativeName[],
  host: string | undefined,
  dropped: readonly string[],
): AlternativeName[] {
  const plain = host?.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const values = names.map(({ value }) => value);
  if (plain === undefined || coversHost(values, plain)) return [...names];
  if (dropped.includes(canonical(plain))) {
    throw DomainError.of('host-of-url-dropped', { host: plain });
  }
  const isAddress = isIP(plain) !== 0;
  return [...names, ...parseServerNames({ names: isAddress ? [] : [plain], ips: isAddress ? [plain] : [] })];
}

function refuseUnknown(name: string, current: readonly AlternativeName[]): void {
  if (current.some(({ value }) => canonical(value) === name)) return;
  throw DomainError.of('dropped-name-not-covered', { name, covered: current.map(({ value }) => value) });
}

function uniqueNames(names: readonly AlternativeName[]): AlternativeName[] {
  return [...new Map(names.map((name) => [`${name.kind} ${canonical(name.value)}`, name])).values()];
}

function canonical(name: string): string {
  return canonicalIp(name) ?? name.toLowerCase();
}
