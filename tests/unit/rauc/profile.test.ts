import { describeProfile, profileFingerprint, type VerificationProfile } from '../../../src/rauc/profile';

const profile: VerificationProfile = {
  anchorsPem: 'a keyring',
  purpose: 'smimesign',
  allowPartialChain: false,
  checkCrl: false,
  timeSource: 'clock',
  allowedSignerCns: ['b', 'a'],
};

describe('the fingerprint of a profile', () => {
  it.each<Partial<VerificationProfile>>([
    { anchorsPem: 'another keyring' },
    { anchorsPem: null },
    { purpose: 'codesign' },
    { allowPartialChain: true },
    { checkCrl: true },
    { timeSource: 'signing-time' },
    { allowedSignerCns: [] },
    { allowedSignerCns: ['a', 'b', 'c'] },
    { allowedSignerCns: ['b,a'] },
  ])('is another one with %j', (change) => {
    expect(profileFingerprint({ ...profile, ...change })).not.toBe(profileFingerprint(profile));
  });

  it('is 64 hex digits, in whichever order the names are', () => {
    expect(profileFingerprint(profile)).toMatch(/^[0-9a-f]{64}$/);
    expect(profileFingerprint({ ...profile, allowedSignerCns: ['a', 'b'] })).toBe(
      profileFingerprint(profile),
    );
    expect(profile.allowedSignerCns).toEqual(['b', 'a']);
  });
});

describe('what verdicts under a profile depend on', () => {
  it('is its keyring, the clock, and the lists where it wants them', () => {
    expect(describeProfile(profile)).toEqual({
      fingerprint: profileFingerprint(profile),
      hasKeyring: true,
      dependsOnClock: true,
      dependsOnLists: false,
    });
    const other = { ...profile, anchorsPem: null, timeSource: 'signing-time', checkCrl: true } as const;
    expect(describeProfile(other)).toMatchObject({
      hasKeyring: false,
      dependsOnClock: false,
      dependsOnLists: true,
    });
  });
});
