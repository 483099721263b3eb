/** Tells the time. It comes in as an argument, so that tests can set it. */
export type Clock = () => Date;

/** Tells milliseconds since some moment of its own, such as `performance.now`: setting the clock of the machine does not move it. */
export type MonotonicClock = () => number;
