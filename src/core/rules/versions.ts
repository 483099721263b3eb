import type { Case } from '../offer-case';
import type { OfferTerms } from '../offer-question';
import { pass, refuse, skip, type Verdict } from '../offer-verdict';
import type { RolloutPolicy } from '../rollout';
import { isInRange } from '../version-range';
import { orderOf } from '../version-rules';

/** Rules about what the device runs, and what waits for its reboot. */
export const versionRules = {
  'other-version': ({ device, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    if (candidate.source === 'standing') return pass('already-told', {});
    const { systemVersion: running, provenSha256, tellsSlot } = device;
    const { name: bundle, sha256, inspection } = candidate.bundle;
    const version = inspection.manifest?.version ?? null;
    if (provenSha256 === sha256) return refuse('up-to-date', { proven: bundle });
    if (running !== null && running === version) {
      // The version alone would never reveal the outcome, and the bundle would be offered again and again.
      return provenSha256 !== null && tellsSlot
        ? pass('told-apart-by-slot', { version })
        : refuse('up-to-date', { version });
    }
    return pass('runs-another', { running, version, bundle });
  },

  'not-older': ofPolicy(({ allowDowngrade }, version, running) => {
    const versions = { version, running };
    const order = orderOf(version, running);
    if (order === 'not-comparable') return pass('versions-not-comparable', versions);
    if (order === 'not-older') return pass('not-older', versions);
    return allowDowngrade ? pass('downgrade-allowed', versions) : refuse('older-version', versions);
  }),

  from: ofPolicy(({ from }, _version, running, { wayTo }) => {
    if (from === null) return pass('from-any', {});
    const start = { from: from.text, running };
    if (isInRange(running, from)) return pass('from-running', start);
    return refuse('outside-from', { ...start, way: wayTo?.(from) ?? null });
  }),

  booted: ({ device: { unbooted }, question: { at }, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    if (candidate.source === 'standing') return pass('already-told', {});
    if (unbooted === null || at > unbooted.until) return pass('nothing-unbooted', {});
    const { name: bundle, sha256 } = candidate.bundle;
    if (unbooted.sha256 === sha256) return pass('this-unbooted', {});
    if (candidate.source === 'pin') return pass('pinned-over-unbooted', { unbooted: unbooted.bundleName });
    return refuse('waits-for-reboot', { unbooted: unbooted.bundleName, bundle });
  },
};

/** Rules of a release's policy. They do not apply to a pin, which may go to any version. */
function ofPolicy(
  judge: (
    policy: RolloutPolicy,
    version: string | null,
    running: string | null,
    terms: OfferTerms,
  ) => Verdict,
) {
  return ({ device: { systemVersion }, terms, candidate }: Case): Verdict => {
    if (candidate === undefined) return skip('no-bundle', {});
    if (candidate.source === 'standing') return pass('already-told', {});
    if (candidate.release === null) return pass('pinned-whatever-version', {});
    const version = candidate.bundle.inspection.manifest?.version ?? null;
    return judge(candidate.release.rollout.policy, version, systemVersion, terms);
  };
}
