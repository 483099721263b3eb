import { type Bundle, parseCompatible } from '../../core/bundle';
import { parseChannel } from '../../core/device';
import { DomainError } from '../../core/errors';
import { defaultChannel, type NewActivation } from '../../core/release';
import { isOpaque } from '../../core/opaque';
import { canBeTold, toldMaxLength } from '../../core/told-text';
import type { RolloutPolicy } from '../../core/rollout';
import type { Catalog } from './catalog';

/** What to commit to make a bundle current. */
export interface ActivationPlan {
  /** The bundle, with its compatible filled in if it had none. */
  readonly bundle: Bundle;
  /** Missing when the bundle is already current. */
  readonly activation?: NewActivation;
}

export interface ActivationInput {
  /** Default: the bundle's own compatible. */
  readonly compatible?: string;
  /** Default: `stable`. */
  readonly channel?: string;
  /** How it reaches its devices; default: everyone at once. */
  readonly policy?: RolloutPolicy;
  /** Activate it even if it is for another compatible. */
  readonly force?: boolean;
  readonly actor: string;
  /** Network address of the actor, if there is one. */
  readonly address?: string | null;
}

/**
 * Checks whether a bundle may become current and says what changes then. Changes nothing itself.
 * @throws DomainError `invalid-input` (no compatible known), `conflict` (another compatible, not forced; a version that no device
 * can report)
 */
export function planActivation(
  catalog: Catalog,
  bundle: Bundle,
  input: ActivationInput,
  at: Date,
): ActivationPlan {
  if (isOpaque(bundle)) throw DomainError.of('opaque-not-released', { name: bundle.name });
  const compatible = input.compatible ?? bundle.compatible;
  if (compatible === null) throw noCompatible(bundle.name);
  parseCompatible(compatible);
  const channel = parseChannel(input.channel ?? defaultChannel);
  const isForeign = bundle.compatible !== null && bundle.compatible !== compatible;
  if (isForeign && input.force !== true) throw otherCompatible(bundle.name, bundle.compatible, compatible);
  refuseUntellable(bundle);
  const told = bundle.compatible === null ? { ...bundle, compatible } : bundle;
  const previous = catalog.currentName(compatible, channel);
  const isAborted = catalog.findCurrent(compatible, channel)?.rollout.state === 'aborted';
  if (previous === bundle.name && input.policy === undefined && !isAborted) return { bundle: told };
  return {
    bundle: told,
    activation: {
      compatible,
      channel,
      action: 'activate',
      bundleName: bundle.name,
      previousBundleName: previous ?? null,
      at,
      by: input.actor,
      forced: isForeign,
    },
  };
}

/** The refusal of a bundle for a compatible that is not its own. */
export function otherCompatible(name: string, own: string | null, asked: string): DomainError {
  return DomainError.of(
    'bundle-for-another-compatible',
    { name, own, asked },
    { details: { bundleCompatible: own, compatible: asked } },
  );
}

function noCompatible(name: string): DomainError {
  return DomainError.of('bundle-compatible-unknown', { name });
}

/** A device that cannot report this version would be offered the bundle forever. @throws DomainError `conflict` */
export function refuseUntellable({ name, inspection }: Bundle): void {
  const version = inspection.manifest?.version ?? null;
  if (version === null || canBeTold(version)) return;
  throw DomainError.of('version-untellable', { name, length: version.length, maxLength: toldMaxLength });
}
