import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from 'pg';
import { systemErrorCode } from '../../../base/files/system-error';
import { DomainError } from '../../../core/errors';
import type { Leadership } from '../../../ports/nodes';
import { lockForChange } from '../locks';
import { forgottenSeconds } from './node-rows';

/** Tells other nodes that a leader stops. */
export const leaderChannel = 'rauc_leader';

/** How long a takeover waits for a change that is being written, in milliseconds; the next beat tries again. */
const lockPatienceMs = 1_000;
const lockNotAvailable = '55P03';

interface Held {
  readonly epoch: number;
  /** When others may take over, by this machine's monotonic clock: no later than by the database's clock. */
  readonly untilMs: number;
}

/**
 * The lease of the node that leads. The database's clock decides when it has run out. Each takeover increments the epoch between
 * two changes, never during one. What the leader's work saves is checked against the epoch in the same transaction.
 */
export class LeaderLease implements Leadership {
  #held: Held | undefined;
  /** The epoch in which the running work began; it follows the work through its asynchronous calls. */
  readonly #working = new AsyncLocalStorage<number>();

  constructor(
    private readonly nodeId: string,
    private readonly monotonicMs: () => number,
  ) {}

  isLeader(): boolean {
    return this.#held !== undefined && this.monotonicMs() < this.#held.untilMs;
  }

  lead<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#held === undefined || !this.isLeader()) return Promise.reject(leadershipLost());
    return this.#working.run(this.#held.epoch, work);
  }

  /** The epoch that the caller's work depends on; `undefined` for work that any node may do. */
  present(): number | undefined {
    return this.#working.getStore();
  }

  /** Called when the database shows another epoch. */
  lose(epoch: number): void {
    if (this.#held?.epoch === epoch) this.#held = undefined;
  }

  /**
   * Renews the lease, or takes over one that has run out.
   * @param isAlone whether no other node runs, so that no one can be about to renew it
   */
  async renew(client: Client, { isAlone = false }: { readonly isAlone?: boolean } = {}): Promise<void> {
    const untilMs = this.monotonicMs() + forgottenSeconds * 1_000; // counted from before the database is asked
    const held = this.#held;
    if (held === undefined) {
      if (!isAlone && !(await hasRunOut(client))) return;
      const epoch = await takeOver(client, this.nodeId, isAlone);
      if (epoch !== undefined) this.#held = { epoch, untilMs };
      return;
    }
    const renewed = await client.query(
      'UPDATE leader SET renewed_at = clock_timestamp() WHERE epoch = $1 AND node = $2',
      [held.epoch, this.nodeId],
    );
    if (renewed.rowCount === 1) this.#held = { ...held, untilMs };
    else this.lose(held.epoch);
  }

  /** Lets another node lead at once. */
  async giveUp(client: Client): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    await client.query(
      "UPDATE leader SET node = NULL, renewed_at = '-infinity' WHERE epoch = $1 AND node = $2",
      [held.epoch, this.nodeId],
    );
    await client.query(`NOTIFY ${leaderChannel}`);
  }
}

export function leadershipLost(): DomainError {
  return DomainError.of('leadership-lost');
}

const ranOut = `renewed_at < clock_timestamp() - interval '${forgottenSeconds} s'`;

async function hasRunOut(client: Client): Promise<boolean> {
  return (await client.query(`SELECT 1 FROM leader WHERE ${ranOut}`)).rowCount === 1;
}

/**
 * Comes after all changes of the earlier leader: none can follow.
 * @returns the new epoch; `undefined` when another node was faster
 */
async function takeOver(client: Client, nodeId: string, isAlone: boolean): Promise<number | undefined> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockPatienceMs}`);
    await client.query(lockForChange);
    const { rows } = await client.query<{ readonly epoch: number | string }>(
      `UPDATE leader SET epoch = epoch + 1, node = $1, renewed_at = clock_timestamp()
         WHERE ${isAlone ? 'true' : ranOut} RETURNING epoch`,
      [nodeId],
    );
    await client.query('COMMIT');
    return rows[0] === undefined ? undefined : Number(rows[0].epoch);
  } catch (error) {
    await client.query('ROLLBACK');
    if (systemErrorCode(error) === lockNotAvailable) return undefined;
    throw error;
  }
}
