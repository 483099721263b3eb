import { parseCompatible } from '../../core/bundle';
import { parseChannel } from '../../core/device';
import { DomainError } from '../../core/errors';
import { type Activation, defaultChannel, type Release } from '../../core/release';
import { parsePolicy } from '../../core/rollout-policy';
import type { BundleTrust } from './bundle-trust';
import type { Catalog } from './catalog';
import type { Log } from '../../ports/log';
import { type ActivationPlan, type ActivationInput, planActivation } from './plan-activation';
import { tellActivation } from './release-events';
import type { Clock } from '../../ports/clock';

export interface ActivateRequest extends ActivationInput {
  readonly name: string;
}

/** A channel of a compatible, and who acts on it. */
export interface ChannelRequest {
  readonly compatible: string;
  /** Default: `stable`. */
  readonly channel?: string;
  readonly actor: string;
  /** Network address of the actor, if there is one. */
  readonly address?: string | null;
}

export interface DeactivateRequest extends ChannelRequest {
  /** The release that the caller means; default: whatever is current. */
  readonly expectedReleaseId?: number;
}

export interface ActivateRelease {
  /**
   * Makes a bundle current for a compatible, in one transaction with its history. If it is already current, nothing changes,
   * unless a policy is given or its rollout was aborted: then the rollout starts over.
   * @throws DomainError `not-found`, `invalid-input` (unknown compatible, bad policy), `conflict` (another compatible, not
   * forced; a version that devices cannot report), `bundle-untrusted` and `unavailable` (by the current verdict)
   */
  activate(request: ActivateRequest): Promise<{ readonly release: Release; readonly changed: boolean }>;
  /**
   * Stops all offers to a compatible.
   * @throws DomainError `not-found` when nothing was current, `conflict` when a release other than the expected one is current
   */
  deactivate(request: DeactivateRequest): Promise<Activation>;
}

export interface ActivatePorts {
  readonly catalog: Catalog;
  readonly bundleTrust: Pick<BundleTrust, 'require'>;
  /** Called after each change, as part of it. Never rejects. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  readonly now: Clock;
}

export function createActivateRelease({
  catalog,
  bundleTrust,
  changed,
  log,
  now,
}: ActivatePorts): ActivateRelease {
  /** Call it inside `exclusively`. */
  async function activate(request: ActivateRequest): Promise<{ release: Release; changed: boolean }> {
    const { name, policy, address = null } = request;
    if (policy !== undefined) parsePolicy(policy);
    const found = catalog.get(name);
    bundleTrust.require(found);
    const plan = planActivation(catalog, found, request, now());
    const { bundle, activation } = plan;
    if (activation !== undefined || bundle !== found)
      await catalog.commit(changeOf(plan, request, bundle !== found));
    if (activation !== undefined) {
      log.info({ ...activation, address }, 'release activated');
      await changed();
    }
    const compatible = request.compatible ?? bundle.compatible ?? '';
    const release = catalog.findCurrent(compatible, request.channel ?? defaultChannel);
    if (release === undefined) throw new Error(`${bundle.name} was activated, and nothing is current`);
    return { release, changed: activation !== undefined };
  }

  return {
    activate: (request) => catalog.exclusively(() => activate(request)),

    deactivate: ({ compatible, channel = defaultChannel, expectedReleaseId, actor, address = null }) =>
      catalog.exclusively(async () => {
        parseCompatible(compatible);
        parseChannel(channel);
        const current = catalog.currentName(compatible, channel);
        if (current === undefined) throw nothingCurrent(compatible);
        refuseOther(catalog.currentId(compatible, channel), expectedReleaseId, current);
        const activation = await catalog.commit({
          activation: {
            compatible,
            channel,
            action: 'deactivate',
            bundleName: null,
            previousBundleName: current,
            at: now(),
            by: actor,
            forced: false,
          },
          events: (made) => (made === undefined ? [] : [tellActivation(made, address)]),
        });
        if (activation === undefined) throw new Error('the history took no line');
        log.info({ ...activation }, 'release deactivated');
        await changed();
        return activation;
      }),
  };
}

function changeOf(
  { bundle, activation }: ActivationPlan,
  { policy, address = null }: ActivationInput,
  isTold: boolean,
) {
  return {
    ...(isTold ? { bundle } : {}),
    ...(activation === undefined ? {} : { activation }),
    ...(policy === undefined ? {} : { policy }),
    events: (made: Activation | undefined) => (made === undefined ? [] : [tellActivation(made, address)]),
  };
}

/** The release that the decision was about may have been replaced meanwhile. @throws DomainError `conflict` */
function refuseOther(currentId: number | undefined, expectedId: number | undefined, bundle: string): void {
  if (expectedId === undefined || currentId === expectedId) return;
  throw DomainError.of(
    'another-is-current',
    { releaseId: expectedId, name: bundle, currentId: currentId ?? null },
    { details: { current_release_id: currentId } },
  );
}

function nothingCurrent(compatible: string): DomainError {
  return DomainError.of('nothing-current', { compatible });
}
