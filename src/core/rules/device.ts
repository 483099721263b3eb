import type { Case } from '../offer-case';
import { isOpaque } from '../opaque';
import { pass, refuse, skip, type Verdict } from '../offer-verdict';

/** Rules about the device alone: they hold for any bundle. */
export const deviceRules = {
  compatible: ({ device: { compatible }, candidate }: Case): Verdict => {
    if (compatible !== null) return pass('compatible-known', { compatible });
    return candidate !== undefined && isOpaque(candidate.bundle)
      ? skip('opaque-for-any', {})
      : refuse('no-compatible', {});
  },

  certificate: ({ device: { compatible, boundCompatibles } }: Case): Verdict => {
    if (boundCompatibles.length === 0) return pass('certificate-unbound', {});
    if (compatible !== null && boundCompatibles.includes(compatible))
      return pass('certificate-fits', { compatible });
    return refuse('not-its-compatible', { compatible });
  },

  admitted: ({ device: { admission } }: Case): Verdict =>
    admission === 'admitted' ? pass('admitted', {}) : refuse('waiting-for-admission', {}),

  'not-held': ({ device: { hold } }: Case): Verdict =>
    hold === null ? pass('not-held', {}) : refuse('held', { by: hold.by, reason: hold.reason }),

  'standing-offer': ({ question, candidate }: Case): Verdict => {
    if (!question.isInstall) return skip('only-asks', {});
    return candidate?.source === 'standing'
      ? pass('begins-what-was-told', { bundle: candidate.bundle.name })
      : skip('no-offer-stands', {});
  },
};
