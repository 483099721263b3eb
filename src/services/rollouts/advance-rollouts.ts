import { circumstance } from '../../core/circumstances/catalogue';
import type { Why } from '../../core/reasons/why';
import { theServer } from '../../core/event';
import { DomainError } from '../../core/errors';
import type { Release } from '../../core/release';
import { isNowComplete } from '../../core/rollout';
import { nextMove, type RolloutMove } from '../../core/rollout-move';
import type { Catalog } from '../catalog/catalog';
import { countStepDevices, type CountPorts, type StepDevices } from './count-step-devices';
import type { Fleet } from '../../ports/fleet';
import type { ManageRollouts } from './manage-rollouts';

/** Advances and pauses rollouts automatically, as their policies say. */
export interface AdvanceRollouts {
  /**
   * Why a release must no longer be offered although it has not been paused yet; `null` when it may. Cheap: counts that it lacks
   * are made in the background, because only the server that leads calls {@link AdvanceRollouts.advance}.
   * @param countFailures counts the devices that failed or rolled back; called only for a rollout that pauses because of them
   */
  pauseReason(release: Release, countFailures: () => number): Why | null;
  /** The newest count of a release's devices; `undefined` when it was never counted. */
  counted(releaseId: number): StepDevices | undefined;
  /** Counts now. */
  count(release: Release): Promise<StepDevices>;
  /**
   * Makes the moves that are due. One release's failure does not stop the others.
   * @throws Error that names the first release that failed
   */
  advance(): Promise<void>;
}

export interface AdvancePorts extends CountPorts {
  readonly catalog: Catalog;
  readonly fleet: Pick<Fleet, 'counting'>;
  readonly manageRollouts: ManageRollouts;
}

interface Count extends StepDevices {
  /** Revision of the release's installations when the count began. */
  readonly revision: number;
  /** How long it took, in milliseconds, including other work in between. */
  readonly tookMs: number;
}

/** The shortest time between counts, even when devices connect all the time: a count reads the whole registry. */
const countEveryMs = 5_000;
/** The longest time between counts: devices come and go without an event for this release. */
const countAgainAfterMs = 60_000;
/** When no move depends on a count, counting may take at most this share of the time. */
const countingShare = 1 / 50;

/** Counts a release's devices when a move depends on it, and makes the move. */
export class RolloutAdvance implements AdvanceRollouts {
  readonly #counts = new Map<number, Count>();
  readonly #counting = new Map<number, Promise<Count>>();
  /** What is known to be in the database, by release. */
  readonly #saved = new Map<number, string>();

  constructor(private readonly ports: AdvancePorts) {}

  pauseReason(release: Release, countFailures: () => number): Why | null {
    const { state, policy, forgivenFailures } = release.rollout;
    const { pauseAtFailures, pauseAtPercent } = policy;
    if (state !== 'running' || (pauseAtFailures === null && pauseAtPercent === null)) return null;
    const failures = countFailures();
    const dependsOnShare = pauseAtPercent !== null && failures > forgivenFailures;
    if (dependsOnShare && this.#isOld(release.id)) this.count(release).catch(() => undefined); // the next call counts again
    const move = this.#moveOf(release, failures);
    if (move !== null) return move.kind === 'pause' ? move.reason : null;
    // The number of devices is unknown, so a share of it is, too. They are counted within a second.
    return dependsOnShare && !this.#counts.has(release.id) ? circumstance('rollout-being-counted') : null;
  }

  counted(releaseId: number): StepDevices | undefined {
    return this.#counts.get(releaseId);
  }

  /** Callers that arrive during a count share it. */
  count(release: Release): Promise<Count> {
    const running = this.#counting.get(release.id);
    if (running !== undefined) return running;
    const started = this.#countNow(release).finally(() => this.#counting.delete(release.id));
    this.#counting.set(release.id, started);
    return started;
  }

  async advance(): Promise<void> {
    const releases = this.ports.catalog.releases();
    const current = new Set(releases.map(({ id }) => id));
    for (const known of [this.#counts, this.#saved])
      for (const id of [...known.keys()]) if (!current.has(id)) known.delete(id);
    const failed: { readonly id: number; readonly error: unknown }[] = [];
    for (const release of releases) {
      if (release.rollout.state === 'aborted') continue;
      try {
        await this.#forgiveNoMore(release);
        if (release.rollout.state === 'running' && (await this.#advanceOne(release))) continue;
        // A pause does not wait for a count on which it does not depend.
        if (await this.#mustCount(release)) await this.count(release);
        await this.#completeOne(release);
        await this.#keepCount(release.id);
      } catch (error) {
        if (!lostTheRace(error)) failed.push({ id: release.id, error });
      }
    }
    throwFirst(failed);
  }

  #isOld(releaseId: number): boolean {
    const counted = this.#counts.get(releaseId);
    if (counted === undefined) return true;
    return Math.abs(this.ports.now().getTime() - counted.countedAt.getTime()) >= countAgainAfterMs;
  }

  #moveOf(release: Release, failures: number): RolloutMove | null {
    const { step } = release.rollout;
    const counted = this.#counts.get(release.id);
    return nextMove(release.rollout, {
      devices: counted?.devices[step] ?? null,
      proven: counted?.proven[step] ?? 0,
      failures,
    });
  }

  async #countNow(release: Release): Promise<Count> {
    const { now } = this.ports;
    const revision = await this.#revisionOf(release.id);
    const beganMs = now().getTime();
    const devices = await countStepDevices(this.ports, release);
    const counted = { ...devices, revision, tookMs: Math.max(0, now().getTime() - beganMs) };
    this.#counts.set(release.id, counted);
    return counted;
  }

  #failuresOf(id: number): Promise<number> {
    return this.ports.fleet.counting((numbers) => numbers.failures(id));
  }

  #revisionOf(id: number): Promise<number> {
    return this.ports.fleet.counting((numbers) => numbers.revision(id));
  }

  async #mustCount(release: Release): Promise<boolean> {
    const counted = this.#counts.get(release.id);
    if (counted === undefined) return true;
    const ageMs = Math.abs(this.ports.now().getTime() - counted.countedAt.getTime());
    const revision = await this.#revisionOf(release.id);
    const isSame = counted.revision === revision;
    if (dependsOnCount(release)) return ageMs >= (isSame ? countAgainAfterMs : countEveryMs);
    const { completedAt } = release.rollout;
    if (isSame && completedAt !== null) return false;
    const everyMs = isSame || completedAt !== null ? countAgainAfterMs : countEveryMs;
    return ageMs >= Math.max(everyMs, counted.tookMs / countingShare);
  }

  /** The history stores nothing else about the fleet, so the count is written whenever it changes. */
  async #keepCount(id: number): Promise<void> {
    const total = this.#counts.get(id)?.total;
    if (total === undefined) return;
    const text = JSON.stringify({ ...total, countedAt: undefined });
    if (this.#saved.get(id) === text) return;
    await this.ports.catalog.saveCount(id, total);
    this.#saved.set(id, text);
  }

  /** Marks a rollout as complete, but only by a count since which nothing has changed. */
  async #completeOne({ id, rollout }: Release): Promise<void> {
    const counted = this.#counts.get(id);
    if (counted === undefined || !isNowComplete(rollout, counted.total)) return;
    if (counted.revision !== (await this.#revisionOf(id))) return;
    await this.#keepCount(id);
    await this.ports.manageRollouts.complete(id, counted.total, counted.revision);
  }

  /** A move must not be based on outdated facts. */
  async #moveByFreshCount(id: number): Promise<{ release: Release; move: RolloutMove } | undefined> {
    const { catalog, fleet } = this.ports;
    const before = await fleet.counting((numbers) => ({
      failures: numbers.failures(id),
      revision: numbers.revision(id),
    }));
    const release = catalog.findRelease(id);
    const counted = this.#counts.get(id);
    if (release === undefined || this.#moveOf(release, before.failures) === null) return undefined;
    const isOld = counted !== undefined && counted.revision !== before.revision;
    if (isOld && dependsOnCount(release)) await this.count(release);
    const failures = await this.#failuresOf(id);
    const present = catalog.findRelease(id); // someone may have moved it meanwhile
    const move = present === undefined ? null : this.#moveOf(present, failures);
    return present === undefined || move === null ? undefined : { release: present, move };
  }

  /**
   * Lowers the number of forgiven failures once a forgotten device has taken its failure with it. Otherwise the surplus would
   * hide the next failure.
   */
  async #forgiveNoMore({ id, rollout }: Release): Promise<void> {
    const { catalog } = this.ports;
    if (rollout.forgivenFailures === 0 || (await this.#failuresOf(id)) >= rollout.forgivenFailures) return;
    await catalog.exclusively(async () => {
      const failures = await this.#failuresOf(id);
      const present = catalog.findRelease(id)?.rollout;
      if (present === undefined) return;
      const forgivenFailures = Math.min(present.forgivenFailures, failures);
      await catalog.commit({
        rollout: { releaseId: id, rollout: { ...present, forgivenFailures } },
      });
    });
  }

  /** @returns whether it made a move */
  async #advanceOne(release: Release): Promise<boolean> {
    const { id } = release;
    if (dependsOnCount(release) && (await this.#mustCount(release))) await this.count(release);
    const due = await this.#moveByFreshCount(id);
    if (due === undefined) return false;
    const { move } = due;
    await (move.kind === 'pause'
      ? this.ports.manageRollouts.pause(id, move.reason, theServer)
      : this.ports.manageRollouts.promote(id, due.release.rollout.step, theServer, move.reason));
    return true;
  }
}

/** Whether a move depends on how many devices there are: if so, the whole channel must be read. */
function dependsOnCount({ rollout: { policy, step } }: Release): boolean {
  const mayPromote = policy.promoteAtPercent !== null && step < policy.steps.length - 1;
  return mayPromote || policy.pauseAtPercent !== null;
}

/** Whether someone else made the move meanwhile: then decide again next time. */
function lostTheRace(error: unknown): boolean {
  return error instanceof DomainError && (error.code === 'conflict' || error.code === 'not-found');
}

function throwFirst([first, ...others]: readonly { readonly id: number; readonly error: unknown }[]): void {
  if (first === undefined) return;
  const { id, error } = first;
  throw new Error(
    `cannot move the rollout of release ${id}${others.length === 0 ? '' : `, and those of ${others.length} more`}`,
    { cause: error },
  );
}
