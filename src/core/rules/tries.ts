import type { Bundle } from '../bundle';
import type { Case } from '../offer-case';
import { pass, refuse, skip, type Verdict } from '../offer-verdict';
import { untoldTries } from '../silent-poller';

/** The rule about earlier attempts at the bundle on this device. */
export const triesRules = {
  'tries-left': (asked: Case): Verdict => {
    const { device, terms, candidate } = asked;
    if (candidate === undefined) return skip('no-bundle', {});
    if (candidate.source === 'standing') return pass('already-told', {});
    const { sha256 } = candidate.bundle;
    if (sha256 === device.cancelledSha256) return refuse('cancelled', {});
    const failures = device.failures.get(sha256) ?? 0;
    const interruptions = device.interruptions.get(sha256) ?? 0;
    if (interruptions >= terms.maxInterruptions)
      return refuse('interrupted-before', { count: interruptions });
    if (failures >= terms.maxTries) return refuse('failed-before', { count: failures });
    return untoldTriesLeft(asked, candidate.bundle, failures);
  },
};

/** A device may report so little that the outcome of its tries stays unknown. It gets no more tries than others. */
function untoldTriesLeft({ device, question, terms }: Case, bundle: Bundle, failures: number): Verdict {
  const left = pass('failures-left', { count: failures });
  const { unproven } = device;
  if (question.limits.tellsOutcome || unproven?.sha256 !== bundle.sha256) return left;
  const tries = untoldTries(unproven, bundle);
  const others = unproven.isFailure ? failures - 1 : failures;
  return others + tries >= terms.maxTries ? refuse('downloaded-before', { count: tries }) : left;
}
