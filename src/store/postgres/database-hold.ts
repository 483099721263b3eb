import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { DomainError } from '../../core/errors';
import { forgottenSeconds, presentNames } from './nodes/node-rows';
import { openClient } from './open-client';
import { postgresError } from './postgres-error';
import { tryServerLock } from './server-lock';

/** How often to check whether servers are forgotten, in milliseconds. */
const lookMs = 500;

/** Locks servers out of a database, with a lock that PostgreSQL releases when the process or the connection ends. */
export class DatabaseHold {
  private constructor(private readonly client: Client) {}

  /**
   * Takes the database for this process alone. A server that was cut off a moment ago may not know it yet, so this waits until that server
   * is forgotten.
   * @throws DomainError `configuration` while servers run on it; `unavailable`
   */
  static async take(connection: ClientConfig): Promise<DatabaseHold> {
    const client = await openClient(connection);
    try {
      if (!(await tryServerLock(client, 'alone'))) throw await inUse(client);
      const until = performance.now() + 2_000 * forgottenSeconds;
      while ((await presentNames(client)).length > 0) {
        if (performance.now() >= until) throw await inUse(client);
        await delay(lookMs);
      }
      return new DatabaseHold(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw postgresError(error);
    }
  }

  /**
   * Asks over the connection that has the lock: while that connection lives, no server has started.
   * @throws DomainError `unavailable`
   */
  async confirm(): Promise<void> {
    try {
      await this.client.query('SELECT 1');
    } catch (error) {
      throw postgresError(error);
    }
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

async function inUse(client: Client): Promise<DomainError> {
  return DomainError.of('database-in-use', { holder: (await presentNames(client)).join(', ') });
}
