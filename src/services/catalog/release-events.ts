import type { Actor, NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
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
  return {
    kind: action === 'activate' ? 'release.activated' : 'release.deactivated',
    at,
    actor,
    reason: saying(
      action === 'activate' ? 'release-activated' : 'release-deactivated',
      current(activation, returning),
    ),
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
    reason: saying('release-undone', {
      ...current(activation, returning),
      releaseId: undone,
      undone: previousBundleName,
    }),
    subject: { compatible, channel, bundleName: previousBundleName ?? bundleName, releaseId: undone },
  };
}

/** What is current from now on. */
function current({ compatible, channel, bundleName, forced }: Activation, returning: Rollout | undefined) {
  const { state = null, step = null, policy } = returning ?? {};
  return {
    compatible,
    channel,
    bundle: bundleName,
    forced,
    state,
    step,
    steps: policy?.steps.length ?? null,
  };
}
