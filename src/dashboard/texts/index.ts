import { english } from './english';

/**
 * Every word that the page says. A translation is another object of the same shape: `Texts` makes the compiler name what it
 * lacks.
 */
export type Texts = typeof english;

export const text: Texts = english;
