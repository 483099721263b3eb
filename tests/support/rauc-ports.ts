import { offeringProtocols } from '../../src/http/device/kernel/protocol';
import { deviceProtocols } from '../../src/http/device/protocols';
import { checkImages } from '../../src/rauc/check-images';
import { hashBundle } from '../../src/rauc/hash-bundle';
import { inspectBundle } from '../../src/rauc/inspect';
import { judgeSignature } from '../../src/rauc/judge-signature';
import { describeProfile, type VerificationProfile } from '../../src/rauc/profile';
import type { ServicePorts } from '../../src/services/service-ports';

/** RAUC's defaults on a server without a keyring. */
export const withoutKeyring: VerificationProfile = {
  anchorsPem: null,
  purpose: 'smimesign',
  allowPartialChain: false,
  checkCrl: false,
  timeSource: 'clock',
  allowedSignerCns: [],
};

/** What the services need from `src/rauc`, and the protocols of the device listener. */
export function raucPorts(
  profile: VerificationProfile,
  now: () => Date,
): Pick<ServicePorts, 'inspect' | 'judge' | 'checkImages' | 'hashBundle' | 'trustTerms' | 'protocols'> {
  const trustTerms = describeProfile(profile);
  return {
    inspect: (bytes) => inspectBundle(bytes, profile, now()),
    judge: (bytes) => judgeSignature(bytes, profile, now()),
    checkImages: (bytes, inspection) => checkImages(bytes, inspection),
    hashBundle: (bytes) => hashBundle(bytes),
    trustTerms: () => trustTerms,
    protocols: offeringProtocols(deviceProtocols),
  };
}
