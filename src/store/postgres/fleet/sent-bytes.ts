import { sql } from 'kysely';
import type { Database } from '../database';
import { query } from '../queries';
import { Backlog } from './backlog';

/** Bytes that were sent for an installation, and when the last of them were. */
export interface Sent {
  readonly bytes: number;
  readonly at: Date;
}

/**
 * Counts the bytes sent to devices; a crash may lose the latest. Only this class adds to the byte counts in the database: everything
 * else that saves an installation leaves them alone, so none is lost or counted twice.
 */
export class SentBytes {
  readonly #backlog: Backlog<number, Sent>;

  constructor(private readonly database: Database) {
    this.#backlog = new Backlog({ merge: add, save: (some) => this.#save(some) });
  }

  count(installationId: number, bytes: number, at: Date): void {
    this.#backlog.add(installationId, { bytes, at });
  }

  /** What is not written yet. */
  of(installationId: number): Sent | undefined {
    const [first, ...later] = this.#backlog.of(installationId);
    return first === undefined ? undefined : later.reduce(add, first);
  }

  /**
   * Call it only when no other write is running.
   * @throws DomainError `storage-full`, `unavailable`; the bytes are then tried again with the next ones
   */
  write(): Promise<void> {
    return this.#backlog.write();
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

function add(one: Sent, other: Sent): Sent {
  return { bytes: one.bytes + other.bytes, at: one.at > other.at ? one.at : other.at };
}
