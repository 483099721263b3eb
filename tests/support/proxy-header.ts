import { SocketAddress, isIP } from 'node:net';

export interface ProxyHeaderParts {
  /** Address of the client. */
  readonly source: string;
  readonly extension?: Buffer;
  /** Replaces the byte for family and protocol. */
  readonly family?: number;
  readonly versionAndCommand?: number;
  /** Leaves out so many of the last bytes. */
  readonly cut?: number;
}

/** Version 2 of the PROXY protocol, made independently of how the server reads it. */
export function proxyHeader(parts: ProxyHeaderParts): Buffer {
  const is6 = isIP(parts.source) === 6;
  const address = is6 ? bytesOf6(parts.source) : Buffer.from(parts.source.split('.').map(Number));
  const ports = Buffer.from([0xc3, 0x50, 0x20, 0xfb]);
  const whole = Buffer.concat([address, address, ports, parts.extension ?? Buffer.alloc(0)]);
  const rest = whole.subarray(0, whole.length - (parts.cut ?? 0));
  const head = Buffer.alloc(16);
  head.write('0d0a0d0a000d0a515549540a', 'hex');
  head[12] = parts.versionAndCommand ?? 0x21;
  head[13] = parts.family ?? (is6 ? 0x21 : 0x11);
  head.writeUInt16BE(rest.length, 14);
  return Buffer.concat([head, rest]);
}

/** As 16 bytes. */
function bytesOf6(address: string): Buffer {
  const plain = new SocketAddress({ address, family: 'ipv6' }).address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  );
  const [head = '', tail = ''] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = plain.includes('::') ? Array<string>(8 - before.length - after.length).fill('0') : [];
  const bytes = Buffer.alloc(16);
  [...before, ...zeros, ...after].forEach((group, index) =>
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2),
  );
  return bytes;
}
