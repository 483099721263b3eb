/** Tells the time. It is passed as an argument so that tests can set it. */
export type Clock = () => Date;

/** Milliseconds since an arbitrary moment, such as `performance.now`. Setting the machine's clock does not affect it. */
export type MonotonicClock = () => number;
