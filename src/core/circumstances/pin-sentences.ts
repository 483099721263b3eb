import { type AssignmentWindow, assignmentWindowAt } from '../assignment-window';

/** The terms of a pin, as the API returns them. */
export interface ToldPinTerms {
  /** A `PinKind`, or a kind of a newer server, for which there is no sentence. */
  readonly kind: string;
  /** ISO 8601: when a soft pin becomes forced; `null` for never. */
  readonly forced_at: string | null;
  readonly window: AssignmentWindow | null;
}

/**
 * What the terms of a pin mean at a given time: how the device takes the bundle, and when it may install it. Empty for a pin that
 * is installed at once.
 * @param moment an instant in the words of the reader
 * @throws DomainError for a window that no server would have accepted
 */
export function pinTermsSentences(
  { kind, forced_at: forcedAt, window }: ToldPinTerms,
  at: Date,
  moment: (at: Date) => string,
): readonly string[] {
  const said: string[] = [];
  if (kind === 'downloadonly') said.push(words.downloadOnly);
  if (kind === 'soft') said.push(softSentence(forcedAt === null ? null : new Date(forcedAt), at, moment));
  if (window !== null) said.push(windowSentence(window, at, moment));
  return said;
}

function softSentence(forcedAt: Date | null, at: Date, moment: (at: Date) => string): string {
  if (forcedAt === null) return words.soft;
  return at >= forcedAt ? words.forcedSince(moment(forcedAt)) : words.softUntil(moment(forcedAt));
}

function windowSentence(window: AssignmentWindow, at: Date, moment: (at: Date) => string): string {
  const { schedule, duration, timezone } = window;
  const name = `${schedule}, ${duration}, ${timezone}`;
  const now = assignmentWindowAt(window, at);
  if (now.state === 'open') return words.windowOpen(name);
  return now.state === 'closed' ? words.windowClosed(name, moment(now.opensAt)) : words.windowOver(name);
}

const words = {
  soft: 'Soft: the device decides when to install it. To have it installed at once, unpin the device and pin it again.',
  softUntil: (moment: string) =>
    `Soft until ${moment}: before that, the device decides when to install it. To have it installed at once, unpin the device and pin it again.`,
  forcedSince: (moment: string) => `Forced since ${moment}: the device installs it at once.`,
  downloadOnly:
    'Download only: the device downloads it without installing it, and is then unpinned. To have it installed, unpin the device and pin it again.',
  windowOpen: (window: string) => `Its maintenance window (${window}) is open now.`,
  windowClosed: (window: string, moment: string) =>
    `Its maintenance window (${window}) opens next on ${moment}; the device may download earlier.`,
  windowOver: (window: string) =>
    `Its maintenance window (${window}) does not open again. Unpin the device, or assign the bundle with another window.`,
} as const;
