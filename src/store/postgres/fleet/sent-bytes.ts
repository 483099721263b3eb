import { sql } from 'kysely';
import type { Database } from '../database';
import { query } from '../queries';

/** Bytes of an installation that went out, and when the last of them did. */
export interface Sent {
  readonly bytes: number;
  readonly at: Date;
}

/** How many installations to write at once. */
const maxAtOnce = 1_000;

/**
 * What devices were sent and a crash may take. Only this adds to the bytes in the database: whatever else is saved of an installation
 * meanwhile leaves them alone, so none is lost or counted twice.
 */
export class SentBytes {
  #waiting = new Map<number, Sent>();
  /** What is being written: until that is done it counts as well. */
  #writing: ReadonlyMap<number, Sent> = new Map();

  constructor(private readonly database: Database) {}

  count(installationId: number, bytes: number, at: Date): void {
    this.#waiting.set(installationId, add({ bytes, at }, this.#waiting.get(installationId)));
  }

  /** What is not written yet. */
  of(installationId: number): Sent | undefined {
    const [writing, waiting] = [this.#writing.get(installationId), this.#waiting.get(installationId)];
    return writing === undefined ? waiting : add(writing, waiting);
  }

  /** Not while it runs already. @throws DomainError `storage-full`, `unavailable`: then it is tried again with the next ones */
  async write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting].slice(0, maxAtOnce).sort(([a], [b]) => a - b);
      for (const [id] of some) this.#waiting.delete(id);
      this.#writing = new Map(some);
      try {
        await this.#save(some);
      } catch (error) {
        for (const [id, { bytes, at }] of some) this.count(id, bytes, at);
        throw error;
      } finally {
        this.#writing = new Map();
      }
    }
  }

  async #save(some: readonly (readonly [number, Sent])[]): Promise<void> {
    const rows = JSON.stringify(some.map(([id, { bytes, at }]) => ({ id, bytes, at })));
    await this.database.transact(async (transaction) => {
      await transaction.all(
        sql`UPDATE installations SET bytes_sent = bytes_sent + sent.bytes, moved_at = greatest(moved_at, sent.at)
            FROM json_to_recordset(${rows}) AS sent (id integer, bytes bigint, at text)
            WHERE installations.id = sent.id`.compile(query),
      );
    });
  }
}

function add(one: Sent, other: Sent | undefined): Sent {
  if (other === undefined) return one;
  return { bytes: one.bytes + other.bytes, at: one.at > other.at ? one.at : other.at };
}
