import type { FolderFinding } from '../../core/certificate';
import type { DoctorCheck } from '../../core/doctor';

/** Where a check reports its findings. */
export interface CheckReport {
  /** It does not work, or is not safe. @param subject a path, an address or an option */
  error(subject: string, message: string, remedy: string): void;
  warning(subject: string, message: string, remedy: string): void;
  /** What another check of a folder found. */
  add(findings: readonly FolderFinding[]): void;
  /** Says what was not checked. */
  skip(reason: string): void;
  /** Reports progress of a slow check. */
  progress(doneBytes: number, totalBytes: number): void;
}

/** One thing an expert would check. It changes nothing. */
export interface Check {
  readonly name: DoctorCheck;
  run(report: CheckReport): Promise<void>;
}
