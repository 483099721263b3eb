import type { Actor, NewEvent } from '../core/event';
import type { Activation } from '../core/release';
import type { Rollout } from '../core/rollout';

/**
 * The line of the journal for a change of what is current.
 * @param returning where the rollout stands that the change brings back
 */
export function tellActivation(
  activation: Activation,
  address: string | null,
  returning?: Rollout,
): NewEvent {
  const { releaseId, compatible, channel, action, bundleName, previousBundleName, at, by, forced } =
    activation;
  const actor: Actor = { name: by, address };
  const where = `${compatible} (${channel})`;
  return {
    kind: action === 'activate' ? 'release.activated' : 'release.deactivated',
    at,
    actor,
    message:
      bundleName === null
        ? `nothing is current for ${where} any more`
        : `${bundleName} is current for ${where}${forced ? ', by force' : ''}${wordsOf(returning)}`,
    subject: {
      compatible,
      channel,
      bundleName: bundleName ?? previousBundleName,
      ...(releaseId === null ? {} : { releaseId }),
    },
    before: { bundle: previousBundleName },
    after: {
      bundle: bundleName,
      forced,
      ...(returning === undefined ? {} : { state: returning.state, step: returning.step }),
    },
  };
}

function wordsOf(returning: Rollout | undefined): string {
  if (returning === undefined) return '';
  const { state, step, policy } = returning;
  return ` again, as it was: ${state}, step ${step + 1} of ${policy.steps.length}`;
}
