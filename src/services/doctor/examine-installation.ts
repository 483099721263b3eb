import { systemErrorCode } from '../../base/files/system-error';
import type { Diagnosis, DoctorCheck, DoctorFinding, DoctorSeverity, SkippedCheck } from '../../core/doctor';
import { DomainError } from '../../core/errors';
import { finding, type FindingReason } from '../../core/reasons/doctor/sentences';
import { whatFailed } from '../../core/what-failed';
import type { SkipCode } from '../../core/reasons/doctor/skipped';
import type { Check, CheckReport } from './check';

export interface ExamineOptions {
  readonly checks: readonly Check[];
  /** How long a check may run without progress. */
  readonly silenceLimitMs: number;
  readonly onProgress?: (progress: CheckProgress) => void;
}

export interface CheckProgress {
  readonly check: DoctorCheck;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Runs checks one after the other. An error in one is a finding, and does not stop the others. */
export async function examineInstallation(options: ExamineOptions): Promise<Diagnosis> {
  const findings: DoctorFinding[] = [];
  const skipped: SkippedCheck[] = [];
  for (const check of options.checks) {
    const seen = new Sightings(check.name);
    await runWithin(check, seen, options);
    findings.push(...seen.findings);
    skipped.push(...seen.skipped);
  }
  return { findings, skipped };
}

async function runWithin(
  check: Check,
  seen: Sightings,
  { silenceLimitMs, onProgress }: ExamineOptions,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      seen.error(check.name, finding('check-timed-out', { limitMs: silenceLimitMs }));
      resolve();
    }, silenceLimitMs);
  });
  seen.onProgress = (doneBytes, totalBytes) => {
    timer?.refresh();
    onProgress?.({ check: check.name, doneBytes, totalBytes });
  };
  try {
    await Promise.race([check.run(seen), silence]);
  } catch (error) {
    seen.failure(error);
  } finally {
    clearTimeout(timer);
    seen.close();
  }
}

/** What one check found. Once it is closed, a check still running adds nothing. */
class Sightings implements CheckReport {
  readonly findings: DoctorFinding[] = [];
  readonly skipped: SkippedCheck[] = [];
  onProgress: CheckReport['progress'] = () => undefined;
  #isClosed = false;

  constructor(private readonly check: DoctorCheck) {}

  error(subject: string, reason: FindingReason): void {
    this.#find('error', subject, reason);
  }

  warning(subject: string, reason: FindingReason): void {
    this.#find('warning', subject, reason);
  }

  add(findings: Parameters<CheckReport['add']>[0]): void {
    for (const { severity, path, message: what, remedy } of findings)
      this.#find(severity, path, finding('as-told', { what, remedy }));
  }

  skip(code: SkipCode): void {
    if (!this.#isClosed) this.skipped.push({ check: this.check, code });
  }

  progress(doneBytes: number, totalBytes: number): void {
    if (!this.#isClosed) this.onProgress(doneBytes, totalBytes);
  }

  /** @throws any error that is a bug */
  failure(error: unknown): void {
    if (error instanceof DomainError) {
      const { message: what, remedy } = whatFailed(error, null);
      this.error(this.check, finding('as-told', { what, remedy }));
      return;
    }
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const why = error instanceof Error ? error.message : code;
    this.error(this.check, finding('check-failed', { why }));
  }

  close(): void {
    this.#isClosed = true;
  }

  #find(severity: DoctorSeverity, subject: string, reason: FindingReason): void {
    if (!this.#isClosed) this.findings.push({ check: this.check, severity, subject, reason });
  }
}
