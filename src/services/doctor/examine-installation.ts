import { systemErrorCode } from '../../base/files/system-error';
import type { Diagnosis, DoctorCheck, DoctorFinding, DoctorSeverity, SkippedCheck } from '../../core/doctor';
import { DomainError } from '../../core/errors';
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
      const message = `this check timed out after ${silenceLimitMs / 1000} s`;
      seen.error(check.name, message, 'Check whether a disk or the network is stuck, then retry.');
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

  error(subject: string, message: string, remedy: string): void {
    this.#find('error', subject, message, remedy);
  }

  warning(subject: string, message: string, remedy: string): void {
    this.#find('warning', subject, message, remedy);
  }

  add(findings: Parameters<CheckReport['add']>[0]): void {
    for (const { severity, path, message, remedy } of findings) this.#find(severity, path, message, remedy);
  }

  skip(reason: string): void {
    if (!this.#isClosed) this.skipped.push({ check: this.check, reason });
  }

  progress(doneBytes: number, totalBytes: number): void {
    if (!this.#isClosed) this.onProgress(doneBytes, totalBytes);
  }

  /** @throws any error that is a bug */
  failure(error: unknown): void {
    if (error instanceof DomainError) {
      this.error(this.check, error.message, error.remedy ?? 'Fix that, then retry.');
      return;
    }
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = error instanceof Error ? error.message : code;
    this.error(this.check, `this check failed: ${reason}`, 'Run doctor as the user that runs the server.');
  }

  close(): void {
    this.#isClosed = true;
  }

  #find(severity: DoctorSeverity, subject: string, message: string, remedy: string): void {
    if (!this.#isClosed) this.findings.push({ check: this.check, severity, subject, message, remedy });
  }
}
