import { DomainError } from './errors';

/** The server's recurring work. */
export const choreNames = [
  'storage-writes',
  'restores',
  'device-writes',
  'lost-installations',
  'untrusted-rollouts',
  'rollouts',
  'journal-retention',
  'webhook-retention',
  'fleet-history',
  'server-clock',
  'storage',
  'webhooks',
  'bundle-verdicts',
  'image-checks',
  'bundle-hashes',
  'server-certificate',
  'asked-names',
  'bundle-store',
  'bundle-store-tidy',
] as const;

export type ChoreName = (typeof choreNames)[number];

/** The status of a chore since the start of the server. */
export interface ChoreStatus {
  readonly name: ChoreName;
  /** `null` until it has succeeded once. */
  readonly lastSuccessAt: Date | null;
  /** Runs that failed, or did not end in time. */
  readonly failures: number;
  /** Of the last run that ended; `null` before the first one ends. */
  readonly lastDurationMs: number | null;
  /** Why it fails now, and since when; `null` after a success. */
  readonly failing: ChoreFailure | null;
}

export interface ChoreFailure {
  readonly since: Date;
  readonly error: unknown;
}

/** A failed chore is retried automatically. People are told once it has kept failing for this long. */
export const choreNoticeMs = 5 * 60_000;

/** Whether it has failed long enough to need attention. Copes with a clock that was set back. */
export function needsAttention({ failing }: ChoreStatus, at: Date): boolean {
  return failing !== null && Math.abs(at.getTime() - failing.since.getTime()) >= choreNoticeMs;
}

/**
 * Whether a chore fails because nothing can be saved, which is reported separately.
 * @param writeProblem why nothing can be written
 */
export function isWriteProblem(error: unknown, writeProblem: DomainError | null): boolean {
  return error instanceof DomainError && writeProblem !== null && error.message === writeProblem.message;
}
