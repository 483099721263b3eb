import { sql } from 'kysely';
import type { Installation } from '../../core/installation';
import { failedStates, startedStates } from '../../core/installation-states';
import { patiencePolls } from '../../core/proof';
import type { ReleaseNumbers } from '../../ports/device-updates';
import type { Reader } from './database';
import { anyOf, query } from './queries';
import type { Transaction } from './writer';

interface Numbers {
  readonly inProgress: number;
  readonly failures: number;
  readonly revision: number;
}

const none: Numbers = { inProgress: 0, failures: 0, revision: 0 };

/** What was counted of releases, at one moment. */
export class CountedReleases implements ReleaseNumbers {
  readonly #counted = new Map<number, Numbers>();
  /** Releases that somebody asked about, and that were not counted yet. */
  readonly #missing = new Set<number>();

  /** @param now offers that have ended by then do not count */
  constructor(private readonly now: Date) {}

  /** Whether all that was asked about had been counted; else it has been now, and whoever asked must ask again. */
  async isComplete(reader: Reader): Promise<boolean> {
    if (this.#missing.size === 0) return true;
    await this.count(reader, [...this.#missing]);
    this.#missing.clear();
    return false;
  }

  /** An offer that nobody took, or that a device asked for too often, keeps no place. */
  async count(reader: Reader, releaseIds: readonly number[]): Promise<void> {
    for (const releaseId of releaseIds) this.#counted.set(releaseId, none);
    const rows = await reader.all(
      sql<Numbers & { readonly id: number }>`
        SELECT asked.id,
          (SELECT count(*) FROM installations WHERE installations.release_id = asked.id AND state IN (${sql.join(startedStates)}))
            + (SELECT count(*) FROM installations WHERE installations.release_id = asked.id AND state = 'offered'
                AND offer_ends_at > ${this.now.toISOString()} AND polls <= ${patiencePolls}::integer) AS "inProgress",
          (SELECT count(DISTINCT device) FROM installations
            WHERE installations.release_id = asked.id AND state IN (${sql.join(failedStates)})) AS failures,
          revision
        FROM ${anyOf(releaseIds)} AS asked (id) JOIN release_revisions ON release_revisions.release_id = asked.id`.compile(
        query,
      ),
    );
    for (const { id, inProgress, failures, revision } of rows)
      this.#counted.set(id, { inProgress, failures, revision });
  }

  inProgress(releaseId: number): number {
    return this.#of(releaseId).inProgress;
  }

  failures(releaseId: number): number {
    return this.#of(releaseId).failures;
  }

  revision(releaseId: number): number {
    return this.#of(releaseId).revision;
  }

  hasEnded({ state, offerEndsAt }: Installation): boolean {
    return state === 'offered' && offerEndsAt <= this.now;
  }

  #of(releaseId: number): Numbers {
    const counted = this.#counted.get(releaseId);
    if (counted === undefined) this.#missing.add(releaseId);
    return counted ?? none;
  }
}

/** All releases that were ever offered to a device. */
export async function countReleases(reader: Reader, now: Date): Promise<ReleaseNumbers> {
  const counted = new CountedReleases(now);
  const ids = await reader.all(query.selectFrom('release_outcomes').select('release_id').distinct());
  await counted.count(
    reader,
    ids.map(({ release_id: id }) => id),
  );
  return counted;
}

/** Notes that an installation of a release was written. */
export async function countRevision(transaction: Transaction, releaseId: number): Promise<void> {
  await transaction.all(
    sql`INSERT INTO release_revisions AS known (release_id, revision) VALUES (${releaseId}, 1)
      ON CONFLICT (release_id) DO UPDATE SET revision = known.revision + 1`.compile(query),
  );
}
