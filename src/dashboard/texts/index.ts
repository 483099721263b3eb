import { english } from './english';

/**
 * Every text of the page. A translation is another object of the same shape: through `Texts` the compiler lists what
 * it lacks.
 */
export type Texts = typeof english;

export const text: Texts = english;
