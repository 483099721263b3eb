/** Parts that the server can run without for a while if their code ends the process. */
export const optionalParts = ['webhooks'] as const;
export type OptionalPart = (typeof optionalParts)[number];

/** How a run of the server ended by an exception that nothing caught. */
export interface Crash {
  readonly at: Date;
  /** When that run began. */
  readonly startedAt: Date;
  /** The part that caused it; `null` for a part that the server needs. */
  readonly part: OptionalPart | null;
  readonly message: string;
  /** How many runs in a row ended like this. All but the first ended soon after their start. */
  readonly times: number;
}

/** A run that ends sooner than this after its start has not recovered. */
const soonMs = 60_000;
const messageMaxLength = 500;

/** @param before how the previous run ended; `undefined` when it ended normally */
export function nextCrash(before: Crash | undefined, crash: Omit<Crash, 'times'>): Crash {
  const isSoon = Math.abs(crash.at.getTime() - crash.startedAt.getTime()) < soonMs;
  const isRepeated = before !== undefined && isSoon && before.part === crash.part;
  const message = crash.message.slice(0, messageMaxLength);
  return { ...crash, message, times: isRepeated ? before.times + 1 : 1 };
}

/** @returns the part that the next run leaves out, because it ended the server repeatedly, soon after the start */
export function partLeftOut(crash: Crash | undefined): OptionalPart | null {
  return crash !== undefined && crash.times > 1 ? crash.part : null;
}
