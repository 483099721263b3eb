import { hostOfUrl } from '../../base/text/host-of-url';

/**
 * Whether a server certificate covers the host of a URL (RFC 9525, section 6), to warn people while they type; the
 * server checks it again.
 * @param names DNS names and addresses of the certificate
 * @returns true for text that is not a URL yet
 */
export function coversHostOf(names: readonly string[], url: string): boolean {
  if (!URL.canParse(url)) return true;
  const wanted = spelling(hostOfUrl(url));
  const parent = wanted.replace(/^[^.]+/, '*');
  return names
    .map(spelling)
    .some(
      (name) => name === wanted || (!isAddress(wanted) && name === parent && parent.split('.').length > 2),
    );
}

/** The command that makes the certificate cover the host of a URL too, to be run where the certificates are. */
export function commandToCover(url: string): string {
  const host = hostOfUrl(url);
  return `rauc-simple-server cert server ${isAddress(host) ? '--ip' : '--name'} ${host} --force`;
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}

/** A host has many spellings: every browser's URL parser agrees on this one. */
function spelling(host: string): string {
  const url = `https://${host.includes(':') ? `[${host}]` : host}`;
  const plain = URL.canParse(url) ? hostOfUrl(url) : host;
  return plain.toLowerCase().replace(/\.$/, '');
}
