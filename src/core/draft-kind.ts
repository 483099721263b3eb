/** A software module or a distribution set of hawkBit's scripts; see `Draft`. */
export type DraftKind = 'module' | 'set';
