import type { Client } from 'pg';
import { serverLock } from './locks';

/** `shared`: together with the other servers. `alone`: while no server runs and none can start. */
export type HowHeld = 'shared' | 'alone';

const lockNames = { shared: 'advisory_lock_shared', alone: 'advisory_lock' } as const;
const unlockNames = { shared: 'advisory_unlock_shared', alone: 'advisory_unlock' } as const;

/** Takes the lock for the session of a connection, without waiting. @returns whether it was free */
export async function tryServerLock(client: Client, how: HowHeld): Promise<boolean> {
  const { rows } = await client.query<{ readonly held: boolean }>(
    `SELECT pg_try_${lockNames[how]}(${serverLock}) AS held`,
  );
  return rows[0]?.held === true;
}

/** Gives back the lock that a connection holds. */
export async function releaseServerLock(client: Client, how: HowHeld): Promise<void> {
  await client.query(`SELECT pg_${unlockNames[how]}(${serverLock})`);
}
