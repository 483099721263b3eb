import { createBaseUrl } from '../../../../../src/http/device/kernel/base-url';
import { coversHost } from '../../../../../src/pki/server-names';

describe('the base URL without SERVER_URL', () => {
  const choose = (authority: string | undefined, certificateNames: string[]) =>
    createBaseUrl({
      certificateNames: () => certificateNames,
      coversHost: (host) => coversHost(certificateNames, host),
      port: () => 8443,
    })(authority);
  const names = ['updates.example.com', '192.0.2.7', '2001:db8::7', '*.lan.example.com'];

  it.each([
    ['updates.example.com:8443', 'https://updates.example.com:8443'],
    ['Updates.Example.Com:9000', 'https://updates.example.com:9000'],
    ['updates.example.com', 'https://updates.example.com'],
    ['192.0.2.7:8443', 'https://192.0.2.7:8443'],
    ['[2001:db8::7]:8443', 'https://[2001:db8::7]:8443'],
    ['a.lan.example.com:8443', 'https://a.lan.example.com:8443'],
  ])('is what the device used: %s', (authority, url) => {
    expect(choose(authority, names)).toBe(url);
  });

  it.each([
    undefined,
    '',
    'evil.example:8443',
    'updates.example.com:8443/x',
    'user@updates.example.com',
    'a b',
    '[::',
  ])('is the first name of the certificate for %s', (authority) => {
    expect(choose(authority, names)).toBe('https://updates.example.com:8443');
  });

  it('follows each request and each change of the certificate', () => {
    let certificateNames = names;
    const baseUrl = createBaseUrl({
      certificateNames: () => certificateNames,
      coversHost: (host) => coversHost(certificateNames, host),
      port: () => 8443,
    });
    expect(baseUrl('192.0.2.7:8443')).toBe('https://192.0.2.7:8443');
    expect(baseUrl('evil.example')).toBe('https://updates.example.com:8443');
    expect(baseUrl('192.0.2.7:8443')).toBe('https://192.0.2.7:8443');
    certificateNames = ['new.example.com'];
    expect(baseUrl('192.0.2.7:8443')).toBe('https://new.example.com:8443');
  });

  it('can be an IPv6 address, or localhost when the certificate has wildcards alone', () => {
    expect(choose(undefined, ['2001:db8::7'])).toBe('https://[2001:db8::7]:8443');
    expect(choose(undefined, ['*.example.com'])).toBe('https://localhost:8443');
  });
});
