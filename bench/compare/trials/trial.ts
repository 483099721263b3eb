import type { Contender } from '../contender';
import type { Rig } from '../rig';

/** Takes one sample of each figure of a case. @throws Error when anything is answered wrongly */
export type Trial = () => Promise<readonly number[]>;

/** Prepares one contender for a case. */
export type OpenTrial = (contender: Contender, rig: Rig) => Promise<Trial>;
