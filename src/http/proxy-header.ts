import { SocketAddress } from 'node:net';
import { plainAddress } from './client-address';

/**
 * What comes at the start of a connection from a proxy that speaks version 2 of the PROXY protocol (HAProxy,
 * proxy-protocol.txt, section 2.2).
 */
export type ProxyHeader =
  /** More bytes are needed: `bytes` in all, counted from the start of the connection. */
  | { readonly kind: 'incomplete'; readonly bytes: number }
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The proxy's own connection, such as its health check. */
  | { readonly kind: 'local' }
  /** A client's connection; `address` is `null` if the proxy does not know it. */
  | { readonly kind: 'client'; readonly address: string | null };

/** The fixed part: signature, version and command, family, length. */
const fixedBytes = 16;
/** Limit for a whole header. The longest address takes 216 bytes; the rest is for extensions, which are skipped. */
const maxProxyHeaderBytes = 536;

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const version2 = 0x20;
const commands = { local: 0, proxy: 1 } as const;
/** Both are over TCP. */
const families = { ipv4: 0x11, ipv6: 0x21 };

/** How a program on the proxy's own machine begins a connection for itself. */
export const localProxyHeader = Buffer.concat([signature, Buffer.from([version2 | commands.local, 0, 0, 0])]);

/** @param start the connection's first bytes: none in the first call, then as many as the last answer asked for */
export function parseProxyHeader(start: Buffer): ProxyHeader {
  const common = Math.min(start.length, signature.length);
  if (!start.subarray(0, common).equals(signature.subarray(0, common))) return notAHeader(start);
  if (start.length < fixedBytes) return { kind: 'incomplete', bytes: fixedBytes };
  const [versionAndCommand = 0, family = 0] = start.subarray(signature.length);
  if ((versionAndCommand & 0xf0) !== version2) return invalid('its PROXY header has an unknown version');
  const bytes = fixedBytes + start.readUInt16BE(14);
  if (bytes > maxProxyHeaderBytes)
    return invalid(`its PROXY header has ${bytes} bytes; the limit is ${maxProxyHeaderBytes}`);
  if (start.length < bytes) return { kind: 'incomplete', bytes };
  switch (versionAndCommand & 0x0f) {
    case commands.local:
      return { kind: 'local' };
    case commands.proxy:
      return clientOf(family, start.subarray(fixedBytes, bytes));
    default:
      return invalid('its PROXY header has an unknown command');
  }
}

function clientOf(family: number, addresses: Buffer): ProxyHeader {
  if (family === families.ipv4) {
    if (addresses.length < 12) return invalid('its PROXY header is too short for IPv4 addresses');
    return { kind: 'client', address: addresses.subarray(0, 4).join('.') };
  }
  if (family === families.ipv6) {
    if (addresses.length < 36) return invalid('its PROXY header is too short for IPv6 addresses');
    return { kind: 'client', address: ipv6Of(addresses.subarray(0, 16)) };
  }
  return { kind: 'client', address: null };
}

function ipv6Of(bytes: Buffer): string | null {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return plainAddress(new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address);
}

function notAHeader(start: Buffer): ProxyHeader {
  const isVersion1 = start.toString('latin1', 0, 6) === 'PROXY ';
  return invalid(
    isVersion1
      ? 'it speaks version 1 of the PROXY protocol; version 2 is needed (in HAProxy: send-proxy-v2)'
      : 'it did not send a PROXY header, which PROXY_PROTOCOL_FROM requires of its address',
  );
}

function invalid(reason: string): ProxyHeader {
  return { kind: 'invalid', reason };
}
