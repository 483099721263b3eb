import type { Actor, NewEvent } from '../core/event';
import type { Activation } from '../core/release';

/** The line of the journal for a change of what is current. */
export function tellActivation(activation: Activation, address: string | null): NewEvent {
  const { id, compatible, channel, action, bundleName, previousBundleName, at, by, forced } = activation;
  const actor: Actor = { name: by, address };
  const where = `${compatible} (${channel})`;
  return {
    kind: action === 'activate' ? 'release.activated' : 'release.deactivated',
    at,
    actor,
    message:
      bundleName === null
        ? `nothing is current for ${where} any more`
        : `${bundleName} is current for ${where}${forced ? ', by force' : ''}`,
    subject: {
      compatible,
      channel,
      bundleName: bundleName ?? previousBundleName,
      ...(action === 'activate' ? { releaseId: id } : {}),
    },
    before: { bundle: previousBundleName },
    after: { bundle: bundleName, forced },
  };
}
