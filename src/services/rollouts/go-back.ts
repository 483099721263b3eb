import { type Bundle, parseCompatible } from '../../core/bundle';
import { parseChannel } from '../../core/device';
import { DomainError } from '../../core/errors';
import { type Activation, defaultChannel, type Release } from '../../core/release';
import { releasesBefore } from '../../core/release-before';
import type { Outcomes } from '../../core/release-outcome';
import { allowingDowngrade, type Rollout } from '../../core/rollout';
import type { ChannelRequest } from '../catalog/activate-release';
import type { Catalog } from '../catalog/catalog';
import type { Fleet } from '../../ports/fleet';
import type { Log } from '../../ports/log';
import { planActivation } from '../catalog/plan-activation';
import { tellActivation } from '../catalog/release-events';
import type { ReleaseResult, ReleaseResults } from '../../ports/catalog';
import type { Clock } from '../../ports/clock';

/** How many lines of a channel's history are searched. */
const lookedAt = 1_000;

/** The release to which going back leads, and its outcome. */
export interface BackTarget {
  /** The line of the history that made it. */
  readonly made: Activation & { readonly releaseId: number };
  readonly bundle: Bundle;
  /** The state in which it ended, and in which it comes back. */
  readonly rollout: Rollout;
  readonly outcomes: Outcomes;
  /** What is known about that line of the history. */
  readonly result: ReleaseResult;
  /** Whether any device has proven the bundle, or runs its version. */
  readonly isProven: boolean;
}

export interface BackRequest extends ChannelRequest {
  /** The bundle that the caller saw; any other is refused. */
  readonly expected?: string;
  /** The release that the caller saw; any other is refused. */
  readonly expectedRelease?: number;
  /** Go back even if no device has proven the bundle. */
  readonly isUnprovenAccepted?: boolean;
  /** Let a paused rollout continue; its failures so far are accepted. */
  readonly isResumed?: boolean;
}

export interface GoBack {
  /**
   * Where going back would lead. Aborted releases are skipped.
   * @throws DomainError `not-found` when there is nothing to go back to, or its bundle is deleted
   */
  preview(place: Pick<ChannelRequest, 'compatible' | 'channel'>): Promise<BackTarget>;
  /**
   * Brings back the previous release as it was: with its policy, step and devices, and paused if it was paused.
   * @throws DomainError `not-found` when there is none, or its bundle is deleted; `conflict` when it is not the expected one,
   * when nothing is expected and someone already went back, or when no device has proven it and that was not accepted
   */
  goBack(request: BackRequest): Promise<Release>;
}

export interface GoBackPorts {
  readonly catalog: Catalog;
  readonly results: ReleaseResults;
  readonly fleet: Pick<Fleet, 'recount' | 'counting'>;
  /** Called after each change, as part of it. Never rejects. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  readonly now: Clock;
}

export function createGoBack({ catalog, results, fleet, changed, log, now }: GoBackPorts): GoBack {
  async function preview({
    compatible,
    channel = defaultChannel,
  }: {
    compatible: string;
    channel?: string;
  }): Promise<BackTarget> {
    parseCompatible(compatible);
    parseChannel(channel);
    const history = await catalog.history({ compatible, channel, limit: lookedAt });
    const before = releasesBefore(history, catalog.currentName(compatible, channel) !== undefined);
    const known = await results.of(before);
    for (const made of before) {
      const result = known.get(made.id);
      if (result === undefined || result.rollout.state === 'aborted') continue;
      const bundle = catalog.get(made.bundleName);
      const { rollout, outcomes } = result;
      return { made, bundle, rollout, outcomes, result, isProven: await isProven(bundle) };
    }
    throw nothingBefore(compatible, channel, before.length > 0);
  }

  function isProven(bundle: Bundle): Promise<boolean> {
    const { name, compatible } = bundle;
    const version = versionOf(bundle);
    // If several bundles share a version, it says nothing about any one of them.
    const isShared = catalog
      .bundles()
      .some(
        (other) => other.name !== name && other.compatible === compatible && versionOf(other) === version,
      );
    return results.isProven({ name, compatible, version: isShared ? null : version });
  }

  /** The release that the caller saw may be gone because someone else went back, or released another one. */
  async function expectedTarget(request: BackRequest): Promise<BackTarget> {
    const { expected, expectedRelease } = request;
    const isAny = expected === undefined && expectedRelease === undefined;
    let target: BackTarget;
    try {
      target = await preview(request);
    } catch (error) {
      if (isAny || !(error instanceof DomainError) || error.code !== 'not-found') throw error;
      throw DomainError.of('nothing-before-meanwhile', { why: error.message }, { cause: error });
    }
    const { bundle, made } = target;
    if (isAny && (await isBroughtBack(made))) throw broughtBack(bundle.name, made.releaseId);
    const isExpected =
      (expected === undefined || expected === bundle.name) &&
      (expectedRelease === undefined || expectedRelease === made.releaseId);
    if (isExpected) return target;
    throw DomainError.of('another-before-meanwhile', { name: bundle.name, releaseId: made.releaseId });
  }

  /** Whether the current release was itself gone back to: if two people go back at once, the second would go too far. */
  async function isBroughtBack({ compatible, channel }: BackTarget['made']): Promise<boolean> {
    const [last] = await catalog.history({ compatible, channel, limit: 1 });
    return last !== undefined && last.releaseId !== null && last.releaseId !== last.id;
  }

  async function goBack(request: BackRequest): Promise<Release> {
    const { channel = defaultChannel, actor, address = null } = request;
    const target = await expectedTarget(request);
    const { made, bundle } = target;
    if (!target.isProven && request.isUnprovenAccepted !== true) throw neverProven(bundle.name);
    const at = now();
    const { releaseId, compatible } = made;
    const { activation } = planActivation(
      catalog,
      bundle,
      { compatible, channel, force: made.forced, actor },
      at,
    );
    if (activation === undefined) throw new Error(`${bundle.name} is current already`);
    await fleet.recount(releaseId);
    const forgivenFailures = await fleet.counting((numbers) => numbers.failures(releaseId));
    const rollout = rolloutOf(target, request, { at, forgivenFailures });
    const told = await catalog.commit({
      activation,
      returning: { releaseId, rollout },
      events: (line) => (line === undefined ? [] : [tellActivation(line, address, rollout)]),
    });
    log.info({ ...told, address }, 'went back to a release');
    await changed();
    const release = catalog.findRelease(releaseId);
    if (release === undefined) throw new Error(`${bundle.name} was brought back, and is not current`);
    return release;
  }

  /** Going back allows downgrades. */
  function rolloutOf(
    { rollout: left }: BackTarget,
    { isResumed, actor }: BackRequest,
    { at, forgivenFailures }: { readonly at: Date; readonly forgivenFailures: number },
  ): Rollout {
    // Devices have left it meanwhile: decide again whether it is complete.
    const rollout = { ...left, policy: allowingDowngrade(left.policy), completedAt: null };
    if (isResumed !== true || rollout.state !== 'paused') return rollout;
    return { ...rollout, state: 'running', reason: null, forgivenFailures, changedBy: actor, changedAt: at };
  }

  return { preview, goBack: (request) => catalog.exclusively(() => goBack(request)) };
}

function versionOf({ inspection }: Bundle): string | null {
  return inspection.manifest?.version ?? null;
}

function nothingBefore(compatible: string, channel: string, isAborted: boolean): DomainError {
  return DomainError.of(isAborted ? 'all-before-aborted' : 'nothing-before', { compatible, channel });
}

function broughtBack(name: string, releaseId: number): DomainError {
  return DomainError.of('went-back-already', { name, releaseId });
}

function neverProven(name: string): DomainError {
  return DomainError.of('never-proven', { name }, { details: { unproven: true } });
}
