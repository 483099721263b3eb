import { type RawBuilder, sql } from 'kysely';
import type { Installation } from '../../core/installation';
import { failedStates, startedStates } from '../../core/installation-states';
import { patiencePolls } from '../../core/proof';
import type { ReleaseNumbers } from '../../ports/device-updates';
import type { Reader } from './database';
import { anyOf, prepared, query } from './queries';
import type { Transaction } from './writer';

/** By what it is judged whether an offer stands. */
export interface OfferClock {
  /** The time of this server; that of another one may differ. */
  readonly now: Date;
  /** How long an offer stands at most, in milliseconds. */
  readonly offerLifetimeMs: number;
}

/** The end of an offer whose place another device may have taken: it stands again by no server's clock. */
export const endedForGood = new Date(0);

export function isEndedForGood({ offerEndsAt }: Installation): boolean {
  return offerEndsAt.getTime() === endedForGood.getTime();
}

/** One kind of count, by release. */
interface Counting {
  readonly counted: Map<number, number>;
  /** Releases that someone asked about, and that were not counted yet. */
  readonly missing: Set<number>;
  /** Selects the number of the release `asked.id`. */
  readonly select: RawBuilder<number>;
}

/** Counts about releases, from one moment. Each number is counted only on demand: some cost more than others. */
export class CountedReleases implements ReleaseNumbers {
  readonly #inProgress: Counting;
  readonly #failures: Counting;
  readonly #revisions: Counting;
  readonly #now: Date;
  /** A later end was written while this server's clock, or another one's, was further ahead: it would hold the place for too long. */
  readonly #latestEnd: Date;

  /**
   * @param clock offers that have ended by it do not count
   * @param mayClaim whether places may be claimed by what is counted: then those offers stay ended by every clock. Only for a transaction
   */
  constructor(
    { now, offerLifetimeMs }: OfferClock,
    private readonly mayClaim = false,
  ) {
    this.#now = now;
    this.#latestEnd = new Date(now.getTime() + 2 * offerLifetimeMs);
    const counting = (select: RawBuilder<number>) => ({
      counted: new Map(),
      missing: new Set<number>(),
      select,
    });
    // An offer that has expired, or that a device asked for too often, holds no place.
    this.#inProgress = counting(sql`
      (SELECT count(*) FROM installations WHERE release_id = asked.id AND state IN (${sql.join(startedStates)}))
        + (SELECT count(*) FROM installations WHERE release_id = asked.id AND state = 'offered'
            AND offer_ends_at > ${now.toISOString()} AND offer_ends_at <= ${this.#latestEnd.toISOString()}
            AND polls <= ${patiencePolls}::integer)`);
    this.#failures = counting(sql`
      (SELECT count(DISTINCT device) FROM installations WHERE release_id = asked.id AND state IN (${sql.join(failedStates)}))`);
    this.#revisions = counting(sql`
      coalesce((SELECT revision FROM release_revisions WHERE release_id = asked.id), 0)`);
  }

  /** Whether everything that was asked for had been counted. If not, it has been now, and the caller must ask again. */
  async isComplete(reader: Reader): Promise<boolean> {
    const missing = this.#all().filter((one) => one.missing.size > 0);
    if (missing.length === 0) return true;
    if (this.mayClaim) await this.#endOffers(reader, [...this.#inProgress.missing]);
    await count(reader, missing, [...new Set(missing.flatMap((one) => [...one.missing]))]);
    for (const one of missing) one.missing.clear();
    return false;
  }

  inProgress(releaseId: number): number {
    return numberOf(this.#inProgress, releaseId);
  }

  failures(releaseId: number): number {
    return numberOf(this.#failures, releaseId);
  }

  revision(releaseId: number): number {
    return numberOf(this.#revisions, releaseId);
  }

  hasEnded({ state, offerEndsAt }: Installation): boolean {
    return state === 'offered' && (offerEndsAt <= this.#now || offerEndsAt > this.#latestEnd);
  }

  /** Another device may take their places from now on. */
  async #endOffers(reader: Reader, releaseIds: readonly number[]): Promise<void> {
    if (releaseIds.length === 0) return;
    const ended = query
      .updateTable('installations')
      .set({ offer_ends_at: endedForGood.toISOString() })
      .where('release_id', 'in', anyOf(releaseIds))
      .where('state', '=', 'offered')
      .where('offer_ends_at', '>', endedForGood.toISOString())
      .where((eb) =>
        eb.or([
          eb('offer_ends_at', '<=', this.#now.toISOString()),
          eb('offer_ends_at', '>', this.#latestEnd.toISOString()),
        ]),
      );
    await reader.all(prepared(ended));
  }

  #all(): readonly Counting[] {
    return [this.#inProgress, this.#failures, this.#revisions];
  }
}

/** In one statement, so that all numbers are from one moment. */
async function count(
  reader: Reader,
  countings: readonly Counting[],
  releaseIds: readonly number[],
): Promise<void> {
  const numbers = sql.join(countings.map(({ select }) => select));
  const rows = await reader.all(
    prepared(
      sql<{ readonly id: number; readonly numbers: readonly number[] }>`
        SELECT asked.id, ARRAY[${numbers}]::float8[] AS numbers FROM ${anyOf(releaseIds)} AS asked (id)`.compile(
        query,
      ),
    ),
  );
  for (const { id, numbers } of rows)
    for (const [index, { counted }] of countings.entries()) counted.set(id, numbers[index] ?? 0);
}

function numberOf({ counted, missing }: Counting, releaseId: number): number {
  const known = counted.get(releaseId);
  if (known === undefined) missing.add(releaseId);
  return known ?? 0;
}

/** Calls back until everything that the callback asked for was counted. */
export async function countingReleases<Result>(
  reader: Reader,
  clock: OfferClock,
  use: (numbers: ReleaseNumbers) => Result,
): Promise<Result> {
  const releases = new CountedReleases(clock);
  for (;;) {
    const result = use(releases);
    if (await releases.isComplete(reader)) return result;
  }
}

/** Records that an installation of a release was written. */
export async function countRevision(transaction: Transaction, releaseId: number): Promise<void> {
  await transaction.all(
    prepared(
      sql`INSERT INTO release_revisions AS known (release_id, revision) VALUES (${releaseId}, 1)
        ON CONFLICT (release_id) DO UPDATE SET revision = known.revision + 1`.compile(query),
    ),
  );
}
