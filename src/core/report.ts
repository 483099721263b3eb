import type { Installation, InstallationChange } from './installation';
import { endingAs, isUnsettled } from './installation-states';

/** What a script on a device can say of an installation, in the order in which it happens. */
export const reportStates = ['downloading', 'installing', 'installed', 'failed', 'good'] as const;

/**
 * - `downloading`, `installing`: how far it is
 * - `installed`: written; the device boots into it next
 * - `failed`: it ended without being written
 * - `good`: the system that runs now is marked good
 */
export type ReportState = (typeof reportStates)[number];

/** A report as the device sent it. */
export interface Report {
  readonly state: ReportState;
  readonly transactionId: string | null;
  /** 0 to 100. */
  readonly progressPercent: number | null;
  readonly message: string | null;
}

/**
 * Judges a report. Reports come repeated, late and out of order: one never leads back, and none changes what has ended.
 * @returns what changes, or `null`
 */
export function judgeReport(installation: Installation, report: Report, at: Date): InstallationChange | null {
  if (!isUnsettled(installation) || report.state === 'good') return null;
  const isOtherAttempt =
    report.transactionId !== null &&
    installation.transactionId !== null &&
    report.transactionId !== installation.transactionId;
  // A new transaction begins an attempt; whatever else is told of another one is late.
  if (isOtherAttempt && report.state !== 'downloading') return null;
  const begun = isOtherAttempt
    ? {
        startedAt: at,
        movedAt: at,
        bytesBefore: installation.bytesSent,
        attempts: installation.attempts + 1,
        message: report.message,
      }
    : {
        startedAt: installation.startedAt ?? at,
        movedAt: at,
        attempts: Math.max(1, installation.attempts),
        message: report.message ?? installation.message,
      };
  const change = { ...begun, transactionId: report.transactionId ?? installation.transactionId };
  const isCancelling = installation.state === 'cancelling';
  switch (report.state) {
    case 'failed':
      return { ...change, state: endingAs(installation, 'failed') };
    case 'installed':
      return {
        ...change,
        installedAt: installation.installedAt ?? at,
        progressPercent: 100,
        ...(isCancelling ? {} : { state: 'installed' }),
      };
    case 'downloading':
    case 'installing':
      if (installation.installedAt !== null && !isOtherAttempt) return null;
      return {
        ...change,
        progressPercent: isOtherAttempt
          ? report.progressPercent
          : highest(installation.progressPercent, report.progressPercent),
        ...(isCancelling ? {} : { state: 'downloading', installedAt: null }),
      };
  }
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
