import { isIP } from 'node:net';
import { hostname, networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { domainToASCII } from 'node:url';
import { DomainError } from '../core/errors';
import { hostOption } from '../core/server-certificate';
import { type AlternativeName, canonicalIp } from '../x509/general-name';

/** What a machine is called on its network. */
export interface Machine {
  readonly hostname: string;
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
}

/** A machine with hundreds of containers has hundreds of addresses; devices do not connect to those. */
const maxAddresses = 32;

/** The names and addresses of this machine, as far as it knows them. */
export function defaultServerNames(
  machine: Machine = { hostname: hostname(), interfaces: networkInterfaces() },
): { readonly names: readonly string[]; readonly ips: readonly string[] } {
  const name = machine.hostname.toLowerCase();
  const ownNames =
    isServerName(name) && isIP(name) === 0 ? [name, ...(name.includes('.') ? [] : [`${name}.local`])] : [];
  const addresses = Object.values(machine.interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .map(({ address }) => canonicalIp(address))
    .filter((address) => address !== undefined);
  return {
    names: unique(['localhost', ...ownNames.filter((own) => own !== 'localhost.local')]),
    ips: unique(['127.0.0.1', '::1', ...addresses]).slice(0, maxAddresses),
  };
}

/**
 * Checks the names and addresses of a server certificate; both empty means the machine's own.
 * @throws DomainError `invalid-input`
 */
export function parseServerNames(request: {
  readonly names: readonly string[];
  readonly ips: readonly string[];
}): AlternativeName[] {
  const { names, ips } = request.names.length + request.ips.length === 0 ? defaultServerNames() : request;
  return [
    ...unique(names.map(parseName)).map((value) => ({ kind: 'dns' as const, value })),
    ...unique(ips.map(parseAddress)).map((value) => ({ kind: 'ip' as const, value })),
  ];
}

/**
 * Whether a certificate is for a host (RFC 9525, section 6): exact names, `*` for one whole leftmost label, addresses in any
 * spelling.
 * @param names DNS names and addresses of the subjectAltName
 */
export function coversHost(names: readonly string[], host: string): boolean {
  const address = canonicalIp(host);
  if (address !== undefined) return names.some((name) => canonicalIp(name) === address);
  const wanted = host.toLowerCase().replace(/\.$/, '');
  if (wanted === '') return false;
  const parent = wanted.replace(/^[^.]+/, '*');
  return names.some((name) => {
    const candidate = name.toLowerCase();
    return candidate === wanted || (candidate === parent && parent.split('.').length > 2);
  });
}

/**
 * Says that a server certificate is not for a host, with the command that adds it.
 * @param isOfUrl whether it is the host of SERVER_URL
 */
export function uncoveredHost(
  names: readonly string[],
  host: string,
  { code, isOfUrl }: { readonly code: 'configuration' | 'conflict'; readonly isOfUrl: boolean },
): DomainError {
  return DomainError.of('host-not-covered', { host, isOfUrl, names, option: hostOption(host) }, { code });
}

function parseName(name: string): string {
  const ascii = toAscii(name);
  if (/(^|\.)\d+$/.test(ascii) || !isServerName(ascii)) {
    throw DomainError.of('not-a-dns-name', { text: name.slice(0, 80) });
  }
  return ascii;
}

/** Punycode for names in other scripts. The URL parser rewrites text that is not a name; such text is refused. */
function toAscii(name: string): string {
  if (/^[\x21-\x7e]*$/.test(name)) return name.toLowerCase();
  return /[/?#@:\\%\s\p{C}]/u.test(name) ? '' : domainToASCII(name);
}

function parseAddress(address: string): string {
  const canonical = canonicalIp(address);
  if (canonical === undefined) {
    throw DomainError.of('not-a-server-address', { text: address.slice(0, 80) });
  }
  return canonical;
}

/** RFC 1123 labels; underscores too, because machines have them in their names; `*` as a whole leftmost label. */
function isServerName(name: string): boolean {
  const labels = (name.startsWith('*.') ? name.slice(2) : name).split('.');
  const isWildcardOfTopLevel = name.startsWith('*.') && labels.length < 2;
  return (
    name.length <= 253 &&
    !isWildcardOfTopLevel &&
    labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
