import { BlockList, isIPv6 } from 'node:net';

/** This machine, its link, and ranges that are no single host (IANA special-purpose registries, RFC 6890). */
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

/**
 * For each length of a NAT64 prefix in bits: where the IPv4 address is, and where the zeros after it begin (RFC
 * 6052 §2.2).
 */
const nat64Layouts = [
  { at: [6, 7, 9, 10], suffixAt: 11 },
  { at: [7, 9, 10, 11], suffixAt: 12 },
  { at: [9, 10, 11, 12], suffixAt: 13 },
  { at: [12, 13, 14, 15], suffixAt: 16 },
] as const;

/**
 * IPv4 addresses that an IPv6 one may lead to: mapped, compatible, NAT64 with the well-known prefix (RFC 6052) and with one of
 * the local ones (RFC 8215), 6to4 (RFC 3056), and Teredo with its server and its client (RFC 4380 §4).
 */
function embeddedIpv4(address: string): readonly string[] {
  const groups = expand(address);
  if (groups === undefined) return [];
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  const isZero = (from: number, to: number) => bytes.slice(from, to).every((byte) => byte === 0);
  const read = (...at: readonly number[]) => at.map((index) => bytes[index] ?? 0).join('.');
  if (isZero(0, 10) && groups[5] === 0xffff) return [read(12, 13, 14, 15)];
  if (isZero(0, 12)) return [read(12, 13, 14, 15)];
  if (groups[0] === 0x64 && groups[1] === 0xff9b) {
    if (groups[2] !== 1) return [read(12, 13, 14, 15)];
    const fitting = nat64Layouts.filter(({ suffixAt }) => isZero(suffixAt, 16));
    // A part without any bit is the end of a shorter layout.
    return fitting.map(({ at }) => read(...at)).filter((inner) => inner !== '0.0.0.0');
  }
  if (groups[0] === 0x2002) return [read(2, 3, 4, 5)];
  if (groups[0] === 0x2001 && groups[1] === 0) {
    const client = bytes.slice(12).map((byte) => byte ^ 255); // written inverted
    return [read(4, 5, 6, 7), client.join('.')];
  }
  return [];
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
 * Whether an address belongs to this machine or its link. A user who may enter a URL must not be able to make the
 * server call such an address.
 * @param address an IP address as the system writes it
 */
export function isLocalAddress(address: string): boolean {
  if (!isIPv6(address)) return local.check(address, 'ipv4');
  if (local.check(address.split('%')[0] ?? '', 'ipv6')) return true;
  return embeddedIpv4(address).some((inner) => local.check(inner, 'ipv4'));
}
