/** hawkBit's names for them. */
export const draftNouns = { module: 'software module', set: 'distribution set' } as const;
