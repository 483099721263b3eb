import type { FindingReason } from './reasons/doctor/sentences';
import type { SkipCode } from './reasons/doctor/skipped';

/** What `doctor` checks, in order. */
export const doctorChecks = [
  'versions',
  'modes',
  'space',
  'certificates',
  'ports',
  'handshake',
  'names',
  'proxies',
  'database',
  'clock',
  'bundles',
] as const;
export type DoctorCheck = (typeof doctorChecks)[number];

export const doctorSeverities = ['error', 'warning', 'note'] as const;
export type DoctorSeverity = (typeof doctorSeverities)[number];

/** One thing that is wrong with an installation, and what to do. */
export interface DoctorFinding {
  readonly check: DoctorCheck;
  readonly severity: DoctorSeverity;
  /** The subject: a path, an address or an option. */
  readonly subject: string;
  /** What is wrong and what to do, in words of the catalogue. */
  readonly reason: FindingReason;
}

/** What could not be checked, and why. */
export interface SkippedCheck {
  readonly check: DoctorCheck;
  readonly code: SkipCode;
}

export interface Diagnosis {
  readonly findings: readonly DoctorFinding[];
  readonly skipped: readonly SkippedCheck[];
}
