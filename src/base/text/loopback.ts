import { hostOfUrl } from './host-of-url';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^127(?:\\.${octet}){3}$`);
/** As a URL writes it: `::1`, and an IPv4 address mapped to IPv6. */
const ipv6 = /^\[::(?:1|ffff:7f[\da-f]{2}:[\da-f]{1,4})\]$/;

/** Whether a host, without the brackets of an IPv6 address, always means this machine, whatever DNS says (RFC 6761 §6.3). */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || ipv4.test(host)) return true;
  return /^[\da-f:.]*:[\da-f:.]*$/i.test(host) && ipv6.test(shortest(host));
}

/** Whether a URL always leads back to the machine that uses it, whatever DNS says. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopback(hostOfUrl(url));
}

/** One spelling of the many that an IPv6 address has; the browser and Node.js agree on it. */
function shortest(address: string): string {
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}
