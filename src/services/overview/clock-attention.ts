import type { ClockTrouble } from '../../core/server-clock';
import type { Dismissal } from '../../ports/dismissals';
import { subjectOf } from '../clock/server-clock';
import type { AttentionItem } from './attention-item';
import { lengthOf } from './attention-words';

export interface ClockFacts {
  /** Why the server's own clock looks wrong; `null` when it does not. */
  readonly clock: ClockTrouble | null;
  /** What people dismissed. */
  readonly dismissed: readonly Dismissal[];
}

/** What people should do about the server's clock. */
export function ofClock({ clock: trouble, dismissed }: ClockFacts): readonly AttentionItem[] {
  const kind = 'clock';
  if (trouble === null || dismissed.some((one) => one.kind === kind && one.subject === subjectOf(trouble)))
    return [];
  const remedy = 'Check the date on the server, and that NTP runs';
  const by = lengthOf(trouble.byMs);
  if (trouble.kind === 'behind') {
    const message =
      `the clock of the server is ${by} behind the last time at which it ran, ${minuteOf(trouble.sureAt)}. ${remedy}. ` +
      'If the clock is right now and was wrong before, dismiss this.';
    return [{ kind, count: 1, message, subjects: [subjectOf(trouble)] }];
  }
  const jumped = `the clock of the server jumped ${trouble.byMs > 0 ? 'forward' : 'back'} by ${by}`;
  if (!trouble.isFollowed) {
    const message = `${jumped}. The server accepts the new time once it has lasted for 15 minutes. ${remedy}.`;
    return [{ kind, count: 1, message }];
  }
  const message = `${jumped}. ${remedy}. If the clock is right now, dismiss this; otherwise it disappears after a day.`;
  return [{ kind, count: 1, message, subjects: [subjectOf(trouble)] }];
}

function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}
