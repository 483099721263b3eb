import type { Contender } from '../contender';
import type { Rig } from '../rig';

/** Takes one sample of each figure of a case. @throws Error when any answer is wrong */
export type Trial = () => Promise<readonly number[]>;

/** Prepares one contender for a case. */
export type OpenTrial = (contender: Contender, rig: Rig) => Promise<Trial>;
