import type { EventJson } from '../../../contract/event';
import type { InstallationJson } from '../../../contract/installation';
import { eventSentence } from '../../event-sentence';
import { formatBytes, formatDuration } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { Moment } from '../../parts/time';
import { text } from '../../texts';
import { messageWords } from '../../why-words';
import { InstallationLog } from './installation-log';
import { TimelineLine } from './timeline-line';

interface InstallationEntryProps {
  readonly installation: InstallationJson;
  readonly events: readonly EventJson[];
}

/** One attempt at one bundle: its result, its cost, and how it went. */
export function InstallationEntry({ installation, events }: InstallationEntryProps) {
  const { id, bundle, state, from_version: from, target_version: to, message, cleared_at } = installation;
  const { one } = text.devices;
  return (
    <article class="installation" aria-label={bundle}>
      <p class="installation-head">
        <StateBadge state={state} />
        <a href={linkTo('bundles', bundle)}>{bundle}</a>
        <span class="muted">{one.fromTo(from ?? text.common.unknown, to ?? text.common.unknown)}</span>
        {cleared_at !== null && <span class="tag">{one.cleared}</span>}
      </p>
      <p class="muted small">{figuresOf(installation).join(' · ')}</p>
      {message !== null && !events.some((event) => eventSentence(event).includes(message)) && (
        <p>{messageWords(installation)}</p>
      )}
      {events.length > 0 ? (
        <ol class="installation-events">
          {events.map((event) => (
            <li key={event.id}>
              <TimelineLine event={event} />
            </li>
          ))}
        </ol>
      ) : (
        <p class="muted small">
          <Moment at={installation.offered_at} />
        </p>
      )}
      {installation.started_at !== null && <InstallationLog id={id} />}
    </article>
  );
}

function figuresOf(installation: InstallationJson): readonly string[] {
  const { bytes_sent: sent, bytes_saved: saved, started_at, ended_at, installed_at, attempts } = installation;
  const { from_slot: fromSlot, booted_slot: slot, booted_version: booted } = installation;
  const { one } = text.devices;
  const figures: string[] = [];
  if (sent > 0) figures.push(one.sent(formatBytes(sent)));
  if (saved !== null && saved > 0) figures.push(one.saved(formatBytes(saved)));
  const endedAt = ended_at ?? installed_at;
  if (started_at !== null && endedAt !== null)
    figures.push(one.took(formatDuration((Date.parse(endedAt) - Date.parse(started_at)) / 1000)));
  if (booted !== null) figures.push(one.booted(booted));
  if (fromSlot !== null && slot !== null) figures.push(one.slots(fromSlot, slot));
  if (attempts > 1) figures.push(one.attempts(attempts));
  return figures;
}
