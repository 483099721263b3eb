import type { FolderFinding } from '../../core/certificate';
import type { DoctorCheck } from '../../core/doctor';

/** Where a check puts what it sees. */
export interface CheckReport {
  /** It does not work, or will not be safe. @param subject a path, an address or an option */
  error(subject: string, message: string, remedy: string): void;
  warning(subject: string, message: string, remedy: string): void;
  /** What another check of a folder found. */
  add(findings: readonly FolderFinding[]): void;
  /** Says what was not looked at. */
  skip(reason: string): void;
  /** Says how far it is, where it takes long. */
  progress(doneBytes: number, totalBytes: number): void;
}

/** One thing that an expert would look at. It changes nothing. */
export interface Check {
  readonly name: DoctorCheck;
  run(report: CheckReport): Promise<void>;
}
