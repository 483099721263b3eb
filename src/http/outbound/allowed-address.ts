import { BlockList, isIPv6 } from 'node:net';

/** This machine, the link that it is on, and what is no single host (IANA special-purpose registries, RFC 6890). */
const local = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  local.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  local.addSubnet(network, prefix, 'ipv6');
}

/** Ways to write an IPv4 address inside of an IPv6 one: mapped, compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056). */
function embeddedIpv4(address: string): string | undefined {
  const groups = expand(address);
  if (groups === undefined) return undefined;
  const dotted = (high = 0, low = 0) => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const isZero = (count: number) => groups.slice(0, count).every((group) => group === 0);
  if (isZero(5) && groups[5] === 0xffff) return dotted(groups[6], groups[7]);
  if (isZero(6)) return dotted(groups[6], groups[7]);
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return dotted(groups[6], groups[7]);
  if (groups[0] === 0x2002) return dotted(groups[1], groups[2]);
  return undefined;
}

/** The eight groups of an IPv6 address. */
function expand(address: string): readonly number[] | undefined {
  const plain = (address.split('%')[0] ?? '').replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  );
  const [head = '', tail] = plain.split('::');
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const missing = 8 - before.length - after.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

/**
 * Whether an address is this machine's own or its link's: what a server must not be made to call by who may name a URL.
 * @param address an IP address as the system writes it
 */
export function isLocalAddress(address: string): boolean {
  if (!isIPv6(address)) return local.check(address, 'ipv4');
  const inner = embeddedIpv4(address);
  return (
    local.check(address.split('%')[0] ?? '', 'ipv6') || (inner !== undefined && local.check(inner, 'ipv4'))
  );
}
