/** A function in a profile, as the DevTools protocol describes it: `Runtime.CallFrame`. */
export interface CallFrame {
  readonly functionName: string;
  /** Empty for functions that are not in JavaScript. */
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** `Profiler.Profile` of the DevTools protocol. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Time in a function itself, not in those that it calls. */
export interface SelfTime {
  readonly frame: CallFrame;
  /** The function that calls it. */
  readonly caller: CallFrame | undefined;
  readonly microseconds: number;
}

/** Without the time in which the thread had nothing to do. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly SelfTime[] {
  const spent = new Map<number, number>();
  for (const [index, id] of samples.entries())
    spent.set(id, (spent.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0));
  const callers = new Map<number, CallFrame>();
  for (const { callFrame, children = [] } of nodes)
    for (const child of children) callers.set(child, callFrame);
  return nodes
    .filter(({ callFrame }) => callFrame.functionName !== '(idle)')
    .map(({ id, callFrame }) => ({
      frame: callFrame,
      caller: callers.get(id),
      microseconds: spent.get(id) ?? 0,
    }));
}
