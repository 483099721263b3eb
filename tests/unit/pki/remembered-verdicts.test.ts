import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { DeviceVerdict } from '../../../src/pki/judge-device';
import { rememberVerdicts } from '../../../src/pki/remembered-verdicts';
import type { PeerCertificate } from '../../../src/ports/certificates';

const good: DeviceVerdict = {
  ok: true,
  identity: { id: 'device-1', certificateSerial: '01', compatibles: [] },
  isOld: false,
  expiresAtMs: 0,
};
const bad: DeviceVerdict = {
  ok: false,
  cause: 'unknown-ca',
  reason: { code: 'certificate-is-ca', parameters: {} },
};

const certificate = new X509Certificate(rootCertificates[0] ?? '');
let decoded: number;
beforeEach(() => {
  decoded = 0;
});

/** A certificate with these bytes, which counts how often one is decoded. */
function showing(bytes: string | Buffer): PeerCertificate {
  return {
    der: Buffer.from(bytes),
    get x509() {
      decoded += 1;
      return certificate;
    },
  };
}

describe('what is remembered of certificates', () => {
  it('is the verdict on a good one, by its bytes', () => {
    const judge = rememberVerdicts(() => good);
    expect([judge(showing('one')), judge(showing('one'))]).toEqual([good, good]);
    expect(decoded).toBe(1);
    judge(showing('other'));
    expect(decoded).toBe(2);
  });

  it('is nothing of one that was refused', () => {
    const verdicts = [bad, good];
    const judge = rememberVerdicts(() => verdicts.shift() ?? bad);
    expect([judge(showing('one')), judge(showing('one')), judge(showing('one'))]).toEqual([bad, good, good]);
  });

  it('has a bound: a crowd displaces those that connected longest ago', () => {
    const judge = rememberVerdicts(() => good);
    for (let i = 0; i <= 10_000; i += 1) judge(showing(`certificate ${i}`));
    decoded = 0;
    judge(showing('certificate 10000'));
    expect(decoded).toBe(0);
    judge(showing('certificate 0'));
    expect(decoded).toBe(1);
  });

  it('leaves out large certificates', () => {
    const judge = rememberVerdicts(() => good);
    const large = Buffer.alloc(4_096);
    for (let i = 0; i < 2; i += 1) judge(showing(large));
    expect(decoded).toBe(2);
  });
});
