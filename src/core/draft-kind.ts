/** A software module or a distribution set of hawkBit's scripts; see `Draft`. */
export type DraftKind = 'module' | 'set';

/** What hawkBit calls them. */
export const draftNouns = { module: 'software module', set: 'distribution set' } as const;
