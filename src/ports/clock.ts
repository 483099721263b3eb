/** Tells the time. It comes in as an argument, so that tests can set it. */
export type Clock = () => Date;
