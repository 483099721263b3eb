/** Advisory locks of PostgreSQL, which are numbers. */

/**
 * Whoever changes anything holds this lock until the commit: then a decision is made on what all earlier changes left, no two
 * deadlock, and the lines of the journal get their ids in the order in which they appear.
 */
export const writeLock = 7_273_001;

/** Held while a process upgrades the tables, so that others wait and then find nothing to do. */
export const upgradeLock = 7_273_002;

/** Held by the session of the only server. */
export const serverLock = 7_273_003;
