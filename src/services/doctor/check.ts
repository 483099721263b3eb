import type { FolderFinding } from '../../core/certificate';
import type { DoctorCheck } from '../../core/doctor';
import type { FindingReason } from '../../core/reasons/doctor/sentences';
import type { SkipCode } from '../../core/reasons/doctor/skipped';

/** Where a check reports its findings. */
export interface CheckReport {
  /** Something does not work, or is not safe. @param subject a path, an address or an option */
  error(subject: string, reason: FindingReason): void;
  warning(subject: string, reason: FindingReason): void;
  /** Adds the findings of a check of a folder. */
  add(findings: readonly FolderFinding[]): void;
  /** Says what was not checked. */
  skip(code: SkipCode): void;
  /** Reports progress of a slow check. */
  progress(doneBytes: number, totalBytes: number): void;
}

/** One thing an expert would check. It changes nothing. */
export interface Check {
  readonly name: DoctorCheck;
  run(report: CheckReport): Promise<void>;
}
