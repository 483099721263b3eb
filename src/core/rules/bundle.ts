import type { Case } from '../offer-case';
import { isOpaque } from '../opaque';
import { pass, refuse, skip, type Verdict } from '../offer-verdict';
import { carriesAll } from '../protocol';

/** Rules about which bundle it is, and whether this device may get it through this protocol. */
export const bundleRules = {
  release: ({ device, candidate }: Case): Verdict => {
    const { compatible, channel, pin } = device;
    if (compatible === null && candidate === undefined) return skip('compatible-unknown', {});
    if (candidate?.source === 'standing') return pass('already-told', {});
    if (pin !== null) {
      return candidate === undefined
        ? refuse('pinned-bundle-gone', { bundle: pin.bundleName })
        : pass('pinned', { bundle: pin.bundleName });
    }
    return candidate === undefined
      ? refuse('no-release', { compatible: compatible ?? '', channel })
      : pass('current', { bundle: candidate.bundle.name, channel });
  },

  opaque: ({ candidate, question: { limits } }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    const { bundle, release } = candidate;
    if (!isOpaque(bundle)) return skip('not-opaque', {});
    if (release !== null) return refuse('opaque-not-assigned', { bundle: bundle.name });
    if (limits.carriesOpaque !== true) return refuse('opaque-not-carried', { bundle: bundle.name });
    return pass('opaque-assigned', { bundle: bundle.name });
  },

  'bundle-compatible': ({ device: { compatible }, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    if (isOpaque(candidate.bundle)) return skip('opaque-for-any', {});
    const { name: bundle, compatible: own } = candidate.bundle;
    if (own === compatible) return pass('bundle-fits', { own });
    if (candidate.release?.forced === true && candidate.release.compatible === compatible)
      return pass('bundle-forced', { own });
    return refuse('bundle-for-other-compatible', { bundle, own, compatible });
  },

  trusted: ({ terms: { distrust }, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    const why = distrust?.(candidate.bundle) ?? null;
    return why === null
      ? pass('trusted', {})
      : refuse('bundle-untrusted', { bundle: candidate.bundle.name, why });
  },

  streamable: ({ question: { limits }, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    if (carriesAll(limits)) return skip('carries-all', {});
    const { name: bundle, inspection } = candidate.bundle;
    const { format, encrypted, manifest } = inspection;
    if (!limits.carriesPlain && format === 'plain') return refuse('plain-not-streamable', { bundle });
    if (!limits.carriesUnencryptedCrypt && format === 'crypt' && !encrypted)
      return refuse('crypt-not-encrypted', { bundle });
    if (!limits.carriesUnversioned && manifest !== null && manifest.version === null)
      return refuse('no-version', { bundle });
    return pass('streamable', {});
  },
};
