import { Deadlines } from '../../../base/collections/deadlines';
import type { Installation } from '../../../core/installation';
import { type InstallationState, isFailure, isStarted } from '../../../core/installation-states';
import { patiencePolls } from '../../../core/proof';
import type { ReleaseNumbers } from '../../../ports/device-updates';
import type { FleetOptions } from '../../../ports/fleet';
import type { ReleaseCounts } from './fleet-records';

export type CounterPorts = Pick<FleetOptions, 'offerLifetimeMs' | 'now' | 'ageMs'>;

interface Counter {
  /** Grows with each change. */
  revision: number;
  started: number;
  /** By device: six failures of one device count once. */
  readonly failures: Map<string, number>;
  /** Ends of open offers, by installation, as ages of the server: setting the clock neither ends nor extends one. */
  readonly offers: Deadlines<number>;
  /** Installations whose offers have ended: they stay ended when the clock is set back. */
  readonly ended: Set<number>;
}

function newCounter(): Counter {
  return { revision: 0, started: 0, failures: new Map(), offers: new Deadlines(), ended: new Set() };
}

/**
 * The states of each release's installations, in memory: an offer depends on them, and must not cost a count of the
 * fleet.
 */
export class ReleaseCounters implements ReleaseNumbers {
  readonly #counters = new Map<number, Counter>();
  /** Releases offered to a device since the start. */
  readonly #offered = new Set<number>();
  readonly #reached = new Map<InstallationState, number>();

  constructor(
    counts: readonly ReleaseCounts[],
    private readonly ports: CounterPorts,
  ) {
    for (const counted of counts) this.set(counted);
  }

  inProgress(releaseId: number): number {
    const counter = this.#counters.get(releaseId);
    if (counter === undefined) return 0;
    for (const id of counter.offers.takeEnded(this.ports.ageMs())) {
      counter.ended.add(id); // another device may take its place from now on
    }
    return counter.started + counter.offers.size;
  }

  hasEnded({ id, releaseId }: Installation): boolean {
    return releaseId !== null && this.#counters.get(releaseId)?.ended.has(id) === true;
  }

  /**
   * Devices that failed or rolled back, each once. Clearing a failure does not change this: it lets the device try
   * again, but says nothing about the release.
   */
  failures(releaseId: number): number {
    return this.#counters.get(releaseId)?.failures.size ?? 0;
  }

  /** Whether a release was offered to any device since the start, even one that was forgotten. */
  wasOffered(releaseId: number): boolean {
    return this.#offered.has(releaseId);
  }

  revision(releaseId: number): number {
    return this.#counters.get(releaseId)?.revision ?? 0;
  }

  /** How many installations of all releases have reached each state since the start. */
  reached(): ReadonlyMap<InstallationState, number> {
    return this.#reached;
  }

  /** @param before `null` for a new installation */
  count(before: Installation | null, after: Installation): void {
    if (before?.state !== after.state)
      this.#reached.set(after.state, (this.#reached.get(after.state) ?? 0) + 1);
    if (after.releaseId !== null) this.#offered.add(after.releaseId);
    if (before !== null) this.#add(before, -1);
    this.#add(after, 1);
  }

  /** Notes a new end of an offer; nothing else has changed. */
  renew({ id, releaseId, state, offerEndsAt, polls }: Installation): void {
    const counter = releaseId === null ? undefined : this.#counters.get(releaseId);
    if (counter === undefined || state !== 'offered') return;
    if (polls <= patiencePolls) this.#setOffer(counter, id, offerEndsAt.getTime());
  }

  /** Replaces the counts of a release. */
  set({ releaseId, started, failures, offers }: ReleaseCounts): void {
    const ageOf = this.#ages();
    const ends = new Deadlines<number>();
    for (const [id, endsAtMs] of offers) ends.set(id, ageOf(endsAtMs));
    const revision = this.revision(releaseId) + 1;
    this.#counters.set(releaseId, {
      revision,
      started,
      failures: new Map(failures),
      offers: ends,
      ended: new Set(),
    });
  }

  /** Subtracts a forgotten device's installation from the counts. */
  forget(installation: Installation): void {
    this.#add(installation, -1);
  }

  #add(installation: Installation, sign: 1 | -1): void {
    const { id, deviceId, releaseId, state, offerEndsAt, polls } = installation;
    if (releaseId === null) return;
    let counter = this.#counters.get(releaseId);
    if (counter === undefined) {
      counter = newCounter();
      this.#counters.set(releaseId, counter);
    }
    counter.revision += 1;
    if (state === 'offered') {
      // A device that is offered the release again and again without beginning must not hold back the others.
      if (sign === -1) dropOffer(counter, id);
      else if (polls <= patiencePolls) this.#setOffer(counter, id, offerEndsAt.getTime());
    } else if (isFailure(installation)) {
      const failures = (counter.failures.get(deviceId) ?? 0) + sign;
      if (failures > 0) counter.failures.set(deviceId, failures);
      else counter.failures.delete(deviceId);
    } else if (isStarted(installation)) {
      counter.started += sign;
    }
  }

  #setOffer({ offers, ended }: Counter, id: number, endsAtMs: number): void {
    ended.delete(id);
    offers.set(id, this.#ages()(endsAtMs));
  }

  /**
   * The clocks are read once, however many offers a release has.
   * @returns the age of the server at which an offer ends; a clock that was ahead may have written an end later than any offer lasts
   */
  #ages(): (endsAtMs: number) => number {
    const { offerLifetimeMs, now, ageMs } = this.ports;
    const [nowMs, age] = [now().getTime(), ageMs()];
    return (endsAtMs) => age + Math.min(endsAtMs - nowMs, offerLifetimeMs);
  }
}

function dropOffer({ offers, ended }: Counter, id: number): void {
  offers.delete(id);
  ended.delete(id);
}
