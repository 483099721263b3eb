import { type Installation, type InstallationState, isFailure } from '../core/installation';
import type { ReleaseCounts } from './fleet-records';

interface Counter {
  /** Grows with each change. */
  revision: number;
  started: number;
  failures: number;
  /** Ends of open offers in milliseconds since the epoch, by installation, in the order in which they were made. */
  readonly offers: Map<number, number>;
}

/** What each release's installations are at, in memory: an offer depends on it, and may not cost a count of the fleet. */
export class ReleaseCounters {
  readonly #counters = new Map<number, Counter>();
  readonly #reached = new Map<InstallationState, number>();

  constructor(
    counts: readonly ReleaseCounts[],
    private readonly now: () => Date,
  ) {
    for (const { releaseId, started, failures, offers } of counts) {
      this.#counters.set(releaseId, { revision: 0, started, failures, offers: new Map(offers) });
    }
  }

  /** Installations that run, and offers that stand. */
  inProgress(releaseId: number): number {
    const counter = this.#counters.get(releaseId);
    if (counter === undefined) return 0;
    const nowMs = this.now().getTime();
    for (const [id, endsAtMs] of counter.offers) {
      if (endsAtMs > nowMs) break;
      counter.offers.delete(id);
    }
    return counter.started + counter.offers.size;
  }

  /**
   * Failures and rollbacks. One that a person has cleared stays counted: to clear it lets the device try again, and says nothing
   * about how the release does.
   */
  failures(releaseId: number): number {
    return this.#counters.get(releaseId)?.failures ?? 0;
  }

  /** Another number than before when something has changed. */
  revision(releaseId: number): number {
    return this.#counters.get(releaseId)?.revision ?? 0;
  }

  /** How many installations have come to each state since the start, of all releases. */
  reached(): ReadonlyMap<InstallationState, number> {
    return this.#reached;
  }

  /** @param before `null` for a new installation */
  count(before: Installation | null, after: Installation): void {
    if (before?.state !== after.state)
      this.#reached.set(after.state, (this.#reached.get(after.state) ?? 0) + 1);
    if (before !== null) this.#add(before, -1);
    this.#add(after, 1);
  }

  /** Notes another end of an offer; nothing else has changed. */
  renew({ id, releaseId, state, offerEndsAt }: Installation): void {
    const counter = releaseId === null ? undefined : this.#counters.get(releaseId);
    if (counter === undefined || state !== 'offered') return;
    counter.offers.delete(id);
    counter.offers.set(id, offerEndsAt.getTime());
  }

  /** Takes back what a forgotten device's installation counted for. */
  forget(installation: Installation): void {
    this.#add(installation, -1);
  }

  #add(installation: Installation, sign: 1 | -1): void {
    const { id, releaseId, state, offerEndsAt } = installation;
    if (releaseId === null) return;
    let counter = this.#counters.get(releaseId);
    if (counter === undefined) {
      counter = { revision: 0, started: 0, failures: 0, offers: new Map() };
      this.#counters.set(releaseId, counter);
    }
    counter.revision += 1;
    if (state === 'offered') {
      counter.offers.delete(id); // put at the end: the map is in the order of its ends
      if (sign === 1) counter.offers.set(id, offerEndsAt.getTime());
    } else if (isFailure(installation)) {
      counter.failures += sign;
    } else if (state === 'downloading' || state === 'installed' || state === 'cancelling') {
      counter.started += sign;
    }
  }
}
