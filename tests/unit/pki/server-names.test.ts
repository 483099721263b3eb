import type { NetworkInterfaceInfo } from 'node:os';
import { coversHost, defaultServerNames } from '../../../src/pki/server-names';

const address = (text: string, internal = false): NetworkInterfaceInfo =>
  ({ address: text, internal }) as NetworkInterfaceInfo;

describe('the names of this machine', () => {
  it('are localhost, its own, and its addresses on the network', () => {
    const interfaces = {
      lo: [address('127.0.0.1', true), address('::1', true)],
      eth0: [address('192.0.2.7'), address('fe80::1'), address('2001:DB8:0::7')],
      none: undefined,
    };
    expect(defaultServerNames({ hostname: 'Pi', interfaces })).toEqual({
      names: ['localhost', 'pi', 'pi.local'],
      ips: ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'],
    });
  });

  it('are still some on a machine that knows nothing of itself', () => {
    for (const hostname of ['', '(none)', 'localhost', '192.0.2.7']) {
      expect(defaultServerNames({ hostname, interfaces: {} })).toEqual({
        names: ['localhost'],
        ips: ['127.0.0.1', '::1'],
      });
    }
  });

  it('stay few on a machine with hundreds of containers', () => {
    const veth = Array.from({ length: 500 }, (_, i) => address(`10.0.${i >> 8}.${i & 255}`));
    expect(defaultServerNames({ hostname: 'a.example.com', interfaces: { veth } }).ips).toHaveLength(32);
  });
});

describe('whether a certificate covers a host', () => {
  it.each([
    ['updates.example.com', 'Updates.EXAMPLE.com'],
    ['updates.example.com', 'updates.example.com.'],
    ['*.example.com', 'a.example.com'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:0DB8:0:0::7'],
    ['2001:DB8:0:0:0:0:0:7', '[2001:db8::7]'],
    ['::1', '[::1]'],
  ])('%s covers %s', (name, host) => expect(coversHost(['other', name], host)).toBe(true));

  it.each([
    ['updates.example.com', 'example.com'],
    ['example.com', 'updates.example.com'],
    ['*.example.com', 'a.b.example.com'],
    ['*.example.com', 'example.com'],
    ['*.example.com', '.example.com'],
    ['*.com', 'example.com'],
    ['*', 'localhost'],
    ['a*.example.com', 'ab.example.com'],
    ['*.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.70'],
    ['', ''],
  ])('%s does not cover %s', (name, host) => expect(coversHost([name], host)).toBe(false));
});
