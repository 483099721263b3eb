import { DomainError } from '../../core/errors';
import { type Actor, type EventKind, type NewEvent, theServer } from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import type { Why } from '../../core/reasons/why';
import type { Release } from '../../core/release';
import { isNowComplete, type Rollout } from '../../core/rollout';
import type { RolloutCount } from '../../core/rollout-count';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { Fleet } from '../../ports/fleet';
import type { Clock } from '../../ports/clock';

/** What people do with rollouts. Each change is on disk when its promise resolves. */
export interface ManageRollouts {
  /** By compatible, then channel. */
  list(): readonly Release[];
  /** @throws DomainError `not-found` for a release that is not current */
  get(releaseId: number): Release;
  /** Installations of a release that are in progress. */
  inProgress(releaseId: number): Promise<number>;
  /**
   * Goes to the next step.
   * @param fromStep the step that the caller saw, from 0: of two people who promote at once, one is refused
   * @throws DomainError `not-found`, `conflict`
   */
  promote(releaseId: number, fromStep: number, actor: Actor, reason?: Why): Promise<Release>;
  /** @throws DomainError `not-found`, `conflict` when it is not running */
  pause(releaseId: number, reason: Why, actor: Actor): Promise<Release>;
  /**
   * Resumes a rollout and accepts its failures so far.
   * @throws DomainError `not-found`, `conflict` when it is not paused, `bundle-untrusted`
   */
  resume(releaseId: number, actor: Actor): Promise<Release>;
  /**
   * Records that all devices for which it is meant are proven.
   * @param revision of the release's installations when they were counted
   * @throws DomainError `not-found`, `conflict` when it is complete already, or anything has changed since the count
   */
  complete(releaseId: number, count: RolloutCount, revision: number): Promise<Release>;
  /** Stops offering it to further devices; devices keep what they have. @throws DomainError `not-found`, `conflict` */
  abort(releaseId: number, reason: string, actor: Actor): Promise<Release>;
}

export interface ManageRolloutsPorts {
  readonly catalog: Catalog;
  readonly bundleTrust: Pick<BundleTrust, 'require'>;
  readonly fleet: Pick<Fleet, 'counting'>;
  readonly now: Clock;
}

/** The moment of a move, and how many devices have failed with the release by then. */
interface Moment {
  readonly at: Date;
  readonly failures: number;
  /** Revision of the release's installations. */
  readonly revision: number;
}

const reasonMaxLength = 200;

export function createManageRollouts({
  catalog,
  bundleTrust,
  fleet,
  now,
}: ManageRolloutsPorts): ManageRollouts {
  function get(releaseId: number): Release {
    const release = catalog.findRelease(releaseId);
    if (release === undefined) {
      throw DomainError.of('release-not-current', { releaseId });
    }
    return release;
  }

  function move(
    releaseId: number,
    kind: EventKind,
    actor: Actor,
    plan: (
      release: Release,
      moment: Moment,
    ) => {
      readonly change: Partial<Rollout>;
      readonly reason: EventReason<LineCode>;
      readonly facts?: Readonly<Record<string, unknown>>;
    },
  ): Promise<Release> {
    return catalog.exclusively(async () => {
      const { failures, revision } = await fleet.counting((numbers) => ({
        failures: numbers.failures(releaseId),
        revision: numbers.revision(releaseId),
      }));
      const release = get(releaseId);
      const at = now();
      const { change, reason, facts } = plan(release, { at, failures, revision });
      const rollout: Rollout = { ...release.rollout, ...change, changedBy: actor.name, changedAt: at };
      const { compatible, channel, bundle } = release;
      const event: NewEvent = {
        kind,
        at,
        actor,
        reason,
        subject: { compatible, channel, bundleName: bundle.name, releaseId },
        before: { state: release.rollout.state, step: release.rollout.step },
        after: { state: rollout.state, step: rollout.step, ...facts },
      };
      await catalog.commit({ rollout: { releaseId, rollout }, events: () => [event] });
      return get(releaseId);
    });
  }

  return {
    list: () => catalog.releases(),
    get,
    inProgress: (releaseId) => fleet.counting((numbers) => numbers.inProgress(releaseId)),
    promote: (releaseId, fromStep, actor, why) =>
      move(
        releaseId,
        'rollout.promoted',
        actor,
        ({ bundle, rollout }, { at, failures: forgivenFailures }) => {
          requireState(rollout, 'running', 'promote');
          const { step, policy } = rollout;
          if (step !== fromStep) {
            throw DomainError.of('rollout-in-another-step', { step, fromStep }, { details: { step } });
          }
          if (step >= policy.steps.length - 1) throw DomainError.of('rollout-in-last-step');
          return {
            change: { step: step + 1, stepStartedAt: at, reason: null, forgivenFailures },
            reason: saying('rollout-promoted', {
              bundle: bundle.name,
              step: step + 1,
              steps: policy.steps.length,
              why: why ?? null,
            }),
          };
        },
      ),
    pause: (releaseId, reason, actor) =>
      move(releaseId, 'rollout.paused', actor, ({ bundle, rollout }) => {
        requireState(rollout, 'running', 'pause');
        const why = parseReason(reason);
        return {
          change: { state: 'paused', reason: why },
          reason: saying('rollout-paused', { bundle: bundle.name, why }),
        };
      }),
    resume: (releaseId, actor) =>
      move(releaseId, 'rollout.resumed', actor, ({ bundle, rollout }, { failures: forgivenFailures }) => {
        requireState(rollout, 'paused', 'resume');
        bundleTrust.require(bundle);
        return {
          change: { state: 'running', reason: null, forgivenFailures },
          reason: saying('rollout-resumed', { bundle: bundle.name }),
        };
      }),
    complete: (releaseId, count, revision) =>
      move(releaseId, 'rollout.completed', theServer, ({ bundle, rollout, releasedAt }, now) => {
        if (!isNowComplete(rollout, count) || now.revision !== revision)
          throw DomainError.of('rollout-changed-since-count');
        const { devices, held, pinned } = count;
        const seconds = Math.max(0, Math.round((now.at.getTime() - releasedAt.getTime()) / 1_000));
        return {
          change: { completedAt: now.at },
          reason: saying('rollout-completed', { bundle: bundle.name, devices }),
          facts: { devices, held, pinned, duration_seconds: seconds },
        };
      }),
    abort: (releaseId, reason, actor) =>
      move(releaseId, 'rollout.aborted', actor, ({ bundle, rollout }) => {
        if (rollout.state === 'aborted') throw DomainError.of('rollout-aborted-already');
        const why = parseReason(reason);
        return {
          change: { state: 'aborted', reason: why },
          reason: saying('rollout-aborted', { bundle: bundle.name, why }),
        };
      }),
  };
}

function requireState(
  { state }: Rollout,
  wanted: Rollout['state'],
  action: 'promote' | 'pause' | 'resume',
): void {
  if (state === wanted) return;
  throw DomainError.of('rollout-not-running', { state, action });
}

function parseReason(reason: Why): Why | null {
  if (typeof reason !== 'string') return reason;
  if (reason.length > reasonMaxLength)
    throw DomainError.of('reason-too-long', { maxLength: reasonMaxLength });
  return reason.trim() === '' ? null : reason.trim();
}
