import { eventKinds, isPerson, type JournalEvent } from './event';

/** Which lines of the journal to find. A line must match everything given. */
export interface EventFilter {
  /** Kinds, or nouns ending in a dot: `device.` means every kind that begins with it. Empty means all. */
  readonly kinds?: readonly string[];
  readonly deviceId?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly bundleName?: string;
  readonly releaseId?: number;
  readonly installationId?: number;
  readonly actor?: string;
  /** Only what people did, not devices or the server on its own. */
  readonly isByPeople?: boolean;
  readonly since?: Date;
  readonly until?: Date;
}

/** Whether a line matches. */
export function isWanted(event: JournalEvent, filter: EventFilter): boolean {
  const { kinds = [], since, until } = filter;
  const { subject } = event;
  const fits = <T>(wanted: T | undefined, value: T | null) => wanted === undefined || wanted === value;
  return (
    (kinds.length === 0 || kinds.some((kind) => fitsKind(event.kind, kind))) &&
    fits(filter.deviceId, subject.deviceId) &&
    fits(filter.compatible, subject.compatible) &&
    fits(filter.channel, subject.channel) &&
    fits(filter.bundleName, subject.bundleName) &&
    fits(filter.releaseId, subject.releaseId) &&
    fits(filter.installationId, subject.installationId) &&
    fits(filter.actor, event.actor.name) &&
    (filter.isByPeople !== true || isPerson(event.actor)) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at < until)
  );
}

function fitsKind(kind: string, wanted: string): boolean {
  return wanted.endsWith('.') ? kind.startsWith(wanted) : kind === wanted;
}

/** Whether a wanted kind exists: it is a kind of event, or a noun with a dot at its end. */
export function isKnownKind(wanted: string): boolean {
  return eventKinds.some((kind) => fitsKind(kind, wanted));
}
