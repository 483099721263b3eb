import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../../../src/core/device-tls';

describe('TLS with devices', () => {
  it('demands a certificate of ours, and a TLS that is not broken', () => {
    expect(deviceTlsOptions).toEqual({ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  });

  it('has no key exchange that a stolen key opens later', () => {
    expect(deviceCiphers('HIGH:!aNULL')).toBe('HIGH:!aNULL:!kRSA');
  });
});

describe('a CA as the end of chains', () => {
  const purposeOf = (pem: string) => {
    const lines = pem.trimEnd().split('\n');
    expect(lines.at(0)).toBe('-----BEGIN TRUSTED CERTIFICATE-----');
    expect(lines.at(-1)).toBe('-----END TRUSTED CERTIFICATE-----');
    const base64 = lines.slice(1, -1);
    for (const line of base64.slice(0, -1)) expect(line).toHaveLength(64);
    expect(base64.at(-1)?.length).toBeLessThanOrEqual(64);
    return Buffer.from(base64.join(''), 'base64');
  };

  it.each([
    ['serverAuth', '300c300a06082b06010505070301'],
    ['clientAuth', '300c300a06082b06010505070302'],
  ] as const)('is trusted for %s, which stands behind its DER', (purpose, trustedFor) => {
    const der = Buffer.alloc(100, 7);
    const pem = trustAnchorPem(der, purpose);
    expect(pem.endsWith('-----\n')).toBe(true);
    expect(purposeOf(pem).toString('hex')).toBe(der.toString('hex') + trustedFor);
  });
});
