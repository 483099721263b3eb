import type { ReleaseDefaultsJson } from '../../../contract/release';
import { formatWindow, type Weekday, weekdays } from '../../../core/maintenance-window';

/** A release as entered in the form, not validated yet. */
export interface ReleaseDraft {
  readonly bundle: string;
  /** For a bundle whose manifest cannot be read. */
  readonly compatible: string;
  readonly channel: string;
  readonly isStepwise: boolean;
  readonly steps: string;
  readonly promoteAtPercent: string;
  readonly pauseAtFailures: string;
  readonly pauseAtPercent: string;
  readonly maxInProgress: string;
  /** `YYYY-MM-DDTHH:MM` in the viewer's zone. */
  readonly startAt: string;
  readonly hasWindow: boolean;
  readonly days: readonly Weekday[];
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** The versions that it may be installed from. */
  readonly versions: string;
  readonly allowDowngrade: boolean;
}

export interface DraftProps {
  readonly draft: ReleaseDraft;
  readonly change: (part: Partial<ReleaseDraft>) => void;
}

export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const everyone = '100';

export function emptyDraft(bundle: string, channel: string, defaults: ReleaseDefaultsJson): ReleaseDraft {
  return {
    bundle,
    compatible: '',
    channel,
    isStepwise: defaults.steps !== everyone,
    steps: defaults.steps === everyone ? '5,25,100' : defaults.steps,
    promoteAtPercent: '',
    pauseAtFailures: String(defaults.pause_at_failures),
    pauseAtPercent: '',
    maxInProgress: '',
    startAt: '',
    hasWindow: false,
    days: weekdays,
    from: '01:00',
    to: '05:00',
    timeZone: viewerZone,
    versions: '',
    allowDowngrade: false,
  };
}

/** The request for a draft. The steps are always included: releasing the current bundle again then starts over. */
export function requestOf(draft: ReleaseDraft, compatible: string): object {
  const { days, from, to, timeZone } = draft;
  return {
    bundle: draft.bundle,
    compatible: compatible.trim(),
    channel: draft.channel.trim(),
    steps: stepsOf(draft),
    promote_at_percent: draft.isStepwise ? draft.promoteAtPercent : '',
    pause_at_failures: draft.pauseAtFailures,
    pause_at_percent: draft.pauseAtPercent,
    max_in_progress: draft.maxInProgress,
    start_at: draft.startAt === '' ? '' : new Date(draft.startAt).toISOString(),
    window: draft.hasWindow ? formatWindow({ days, from, to, timeZone }) : '',
    from: draft.versions,
    allow_downgrade: draft.allowDowngrade,
  };
}

/** The steps as the API reads them. */
export function stepsOf({ isStepwise, steps }: ReleaseDraft): string {
  return isStepwise ? steps : everyone;
}
