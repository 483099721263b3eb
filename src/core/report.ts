import { circumstance } from './circumstances/catalogue';
import type { CancelAcknowledged, Ended, Reported, ReportedProgress } from './device-event';
import type { Installation, InstallationChange } from './installation';
import { endingAs, isUnsettled } from './installation-states';

/** The stages of an installation that a device can report, in order. */
export const reportStates = ['downloading', 'installing', 'installed', 'failed', 'good'] as const;
export type ReportState = (typeof reportStates)[number];

/** The event for a report of a state. @param told with `progressPercent`, which only progress has */
export function reportOf(
  state: ReportState,
  { progressPercent, ...told }: Omit<ReportedProgress, 'kind' | 'by' | 'phase'>,
): ReportedProgress | Ended {
  return state === 'downloading' || state === 'installing'
    ? { kind: 'progressed', by: 'report', phase: state, progressPercent, ...told }
    : { kind: 'ended', outcome: state, ...told };
}

/**
 * Judges a report. Reports may be repeated, late and out of order. A report never leads back, and never changes an installation
 * that has ended.
 * @returns what changes, or `null`
 */
export function judgeReport(
  installation: Installation,
  report: Reported,
  at: Date,
): InstallationChange | null {
  if (!isUnsettled(installation)) return null;
  const { transactionId } = installation;
  const isOtherAttempt =
    report.transactionId !== null && transactionId !== null && report.transactionId !== transactionId;
  switch (report.kind) {
    case 'cancel-acknowledged':
      return isOtherAttempt ? null : judgeAcknowledgement(installation, report, at);
    case 'ended':
      // A report about another attempt is late, unless it begins one.
      return isOtherAttempt ? null : judgeEnd(installation, report, at);
    case 'progressed':
      return isOtherAttempt
        ? beginAttempt(installation, report, at)
        : judgeProgress(installation, report, at);
  }
}

function judgeEnd(
  installation: Installation,
  report: Pick<Ended, 'outcome' | 'transactionId' | 'message'>,
  at: Date,
): InstallationChange | null {
  const { state, installedAt } = installation;
  const isCancelling = state === 'cancelling';
  switch (report.outcome) {
    case 'good':
      return null; // the system that runs after the boot proves it
    case 'failed':
      return { ...movedOn(installation, report, at), state: endingAs(installation, 'failed') };
    case 'downloaded':
      return {
        ...movedOn(installation, report, at),
        state: endingAs(installation, 'withdrawn'),
        message: circumstance('only-downloaded'),
      };
    case 'installed':
      return {
        ...movedOn(installation, report, at),
        installedAt: installedAt ?? at,
        progressPercent: 100,
        ...(isCancelling ? {} : { state: 'installed' }),
      };
  }
}

type Progress = Pick<ReportedProgress, 'phase' | 'progressPercent' | 'transactionId' | 'message'>;

function judgeProgress(installation: Installation, report: Progress, at: Date): InstallationChange | null {
  if (installation.installedAt !== null) return null;
  return {
    ...movedOn(installation, report, at),
    progressPercent: highest(installation.progressPercent, report.progressPercent),
    ...(installation.state === 'cancelling' ? {} : { state: 'downloading', installedAt: null }),
  };
}

/** A new transaction begins an attempt with its download. */
function beginAttempt(installation: Installation, report: Progress, at: Date): InstallationChange | null {
  if (report.phase !== 'downloading') return null;
  return {
    startedAt: at,
    movedAt: at,
    bytesBefore: installation.bytesSent,
    attempts: installation.attempts + 1,
    message: report.message,
    transactionId: report.transactionId,
    progressPercent: report.progressPercent,
    ...(installation.state === 'cancelling' ? {} : { state: 'downloading', installedAt: null }),
  };
}

/** A device that continues a cancelled installation returns to its previous state. */
function judgeAcknowledgement(
  installation: Installation,
  { stops, message }: Pick<CancelAcknowledged, 'stops' | 'message'>,
  at: Date,
): InstallationChange | null {
  if (installation.state !== 'cancelling') return null;
  if (stops) return { state: 'cancelled', message: message ?? installation.message };
  const before = installation.installedAt === null ? 'downloading' : 'installed';
  const { progressPercent } = installation;
  return {
    state: before,
    movedAt: at,
    message: message ?? circumstance('device-did-not-stop'),
    progressPercent: progressPercent ?? 0, // it is installing
  };
}

function movedOn(
  installation: Installation,
  { transactionId, message }: Pick<Reported, 'transactionId' | 'message'>,
  at: Date,
): InstallationChange {
  return {
    startedAt: installation.startedAt ?? at,
    movedAt: at,
    attempts: Math.max(1, installation.attempts),
    message: message ?? installation.message,
    transactionId: transactionId ?? installation.transactionId,
  };
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
