import type { Actor, NewEvent } from '../../core/event';
import type { Activation } from '../../core/release';
import type { Rollout } from '../../core/rollout';

/**
 * The journal line for a change of what is current.
 * @param returning the state of the rollout that the change brings back
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

/**
 * The journal line for an undone release.
 * @param undone the id of the release
 * @param returning the state of the rollout that comes back, if one does
 */
export function tellUndone(
  activation: Activation,
  undone: number,
  address: string | null,
  returning: Rollout | undefined,
): NewEvent {
  const { compatible, channel, bundleName, previousBundleName } = activation;
  const told = tellActivation(activation, address, returning);
  return {
    ...told,
    kind: 'release.undone',
    message: `release ${undone} of ${previousBundleName ?? ''} was undone before any device was offered it: ${told.message}`,
    subject: { compatible, channel, bundleName: previousBundleName ?? bundleName, releaseId: undone },
  };
}

function wordsOf(returning: Rollout | undefined): string {
  if (returning === undefined) return '';
  const { state, step, policy } = returning;
  return ` again, as it was: ${state}, step ${step + 1} of ${policy.steps.length}`;
}
