/** Advisory locks of PostgreSQL, which are numbers. */

/**
 * Every change holds this lock until its commit. So each decision sees all earlier changes, no two changes deadlock, and the
 * ids of journal lines follow the order in which the lines appear.
 */
export const writeLock = 7_273_001;

/**
 * How long a change may pause between two statements, in milliseconds. A server that is frozen in the middle of a change then loses the
 * lock, and others can write again before they give up waiting.
 */
const changePauseMs = 5_000;

/** Within a transaction: takes {@link writeLock}. */
export const lockForChange = `SET LOCAL idle_in_transaction_session_timeout = ${changePauseMs}; SELECT pg_advisory_xact_lock(${writeLock})`;

/** Held while a process upgrades the tables, so that others wait and then find nothing to do. */
export const upgradeLock = 7_273_002;

/** Shared by the sessions of all servers, or held alone by a process that keeps them away. */
export const serverLock = 7_273_003;

/** Held for each hash while a bundle with these bytes is added, or while the bytes are removed: the first of two numbers. */
export const bytesLock = 7_273_004;
