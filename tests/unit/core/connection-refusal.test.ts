import {
  isAboutCertificate,
  type RefusalCause,
  refusalCauses,
  remedyOfRefusal,
} from '../../../src/core/connection-refusal';

/** What another certificate mends, with a word of what to do. */
const ofCertificate: readonly [RefusalCause, RegExp][] = [
  ['unknown-ca', /ca\.crt/],
  ['expired', /cert device <id> --force/],
  ['not-yet-valid', /clock/],
  ['revoked', /cert device <id> --force/],
  ['not-a-device-certificate', /cert device <id>/],
  ['old-certificate', /OLD_CERTIFICATES=accept/],
];
const others = refusalCauses.filter((cause) => ofCertificate.every(([one]) => one !== cause));

describe('a refused connection', () => {
  it.each(ofCertificate)(
    'is about the certificate when that is %s, and the remedy says %s',
    (cause, remedy) => {
      expect(isAboutCertificate(cause)).toBe(true);
      expect(remedyOfRefusal(cause)).toMatch(remedy);
    },
  );

  it.each(others)('is about no certificate when the cause is %s, and the remedy is in the log', (cause) => {
    expect(isAboutCertificate(cause)).toBe(false);
    expect(remedyOfRefusal(cause)).toMatch(/log/);
  });
});
