import { localProxyHeader, parseProxyHeader, type ProxyHeader } from '../../../src/http/proxy-header';
import { proxyHeader } from '../../support/proxy-header';

/** Feeds no more bytes than the parser asks for. */
function parse(bytes: Buffer): ProxyHeader {
  let header = parseProxyHeader(Buffer.alloc(0));
  while (header.kind === 'incomplete') {
    if (header.bytes > bytes.length) return header;
    header = parseProxyHeader(bytes.subarray(0, header.bytes));
  }
  return header;
}

const tls = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 2, 3, 4, 5, 6, 7]);

describe('a PROXY header', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::1', '::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
  ])('names the client %s', (source, address) => {
    expect(parse(proxyHeader({ source }))).toEqual({ kind: 'client', address });
  });

  it('may have extensions, which are skipped', () => {
    const extension = Buffer.from([0x20, 0, 2, 1, 2]);
    expect(parse(proxyHeader({ source: '192.0.2.7', extension }))).toMatchObject({ address: '192.0.2.7' });
  });

  it("may be for the proxy's own connection", () => {
    expect(parse(localProxyHeader)).toEqual({ kind: 'local' });
  });

  it.each([
    ['a client of unknown family', 0x00],
    ['a client on a Unix socket', 0x31],
    ['a client over UDP', 0x12],
  ])('may not know the address of %s', (_, family) => {
    expect(parse(proxyHeader({ source: '192.0.2.7', family }))).toEqual({ kind: 'client', address: null });
  });

  it.each<[string, Buffer, RegExp]>([
    ['TLS without a header', tls, /did not send a PROXY header/],
    ['version 1', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n'), /version 1 .*send-proxy-v2/],
    ['another version', proxyHeader({ source: '192.0.2.7', versionAndCommand: 0x31 }), /unknown version/],
    ['another command', proxyHeader({ source: '192.0.2.7', versionAndCommand: 0x22 }), /unknown command/],
    [
      'addresses that are cut short',
      proxyHeader({ source: '2001:db8::7', family: 0x21, cut: 8 }),
      /too short/,
    ],
    ['IPv4 addresses that are cut short', proxyHeader({ source: '192.0.2.7', cut: 1 }), /too short/],
    [
      'more bytes than anyone needs',
      proxyHeader({ source: '192.0.2.7', extension: Buffer.alloc(509) }),
      /537 bytes; the limit is 536/,
    ],
  ])('is refused: %s', (_, bytes, reason) => {
    expect(parse(bytes)).toEqual({ kind: 'invalid', reason: expect.stringMatching(reason) as string });
  });

  it('is complete with its last byte, and is known to be none by its first', () => {
    const header = proxyHeader({ source: '192.0.2.7', extension: Buffer.alloc(508) });
    expect(header).toHaveLength(536);
    for (let length = 0; length < header.length; length += 1)
      expect(parseProxyHeader(header.subarray(0, length)).kind).toBe('incomplete');
    expect(parseProxyHeader(header).kind).toBe('client');
    expect(parseProxyHeader(tls.subarray(0, 1)).kind).toBe('invalid');
  });
});
