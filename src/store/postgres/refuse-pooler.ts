import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { DomainError } from '../../core/errors';

/** How long a notification may take, in milliseconds; it usually takes one. */
const usualWaitMs = 5_000;

/**
 * Refuses a connection that does not stay with one session of PostgreSQL, as through a pooler in transaction mode: no notification would
 * arrive over it, and two servers could both hold a lock that only one may have.
 * @param connect opens another connection to the same address
 * @throws DomainError `configuration`
 */
export async function refusePooler(
  client: Client,
  connect: () => Promise<Client>,
  waitMs = usualWaitMs,
): Promise<void> {
  const channel = `session_${randomUUID().replaceAll('-', '')}`;
  const waiting = new AbortController();
  const late = delay(waitMs, false, { signal: waiting.signal }).catch(() => false);
  const arrived = new Promise<boolean>((resolve) => {
    client.on('notification', (notification) => {
      if (notification.channel === channel) resolve(true);
    });
  });
  const other = await connect();
  try {
    await client.query(`LISTEN ${channel}`);
    await other.query(`NOTIFY ${channel}`);
    if (!(await Promise.race([arrived, late]))) throw DomainError.of('database-pooler');
    await client.query(`UNLISTEN ${channel}`);
  } finally {
    waiting.abort();
    await other.end().catch(() => undefined);
  }
}
