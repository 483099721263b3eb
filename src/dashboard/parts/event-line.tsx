import type { EventJson } from '../../contract/event';
import { lookOf } from '../../contract/state-looks';
import { eventSentence } from '../event-sentence';
import { formatCount, formatMoment } from '../format';
import { linkTo } from '../location';
import { findName } from './find-name';
import { Icon } from './icon';
import { text } from '../texts';
import { Ago } from './time';

/** The part of an event's kind that gives it its colour: `installation.failed` is as bad as the state `failed`. */
function stateOf({ kind }: EventJson): string {
  const [, what = ''] = kind.split('.');
  if (kind === 'rollout.completed') return 'complete';
  return kind.startsWith('installation.') || what === 'paused' || what === 'aborted' || what === 'held'
    ? what
    : '';
}

/** One line of the journal: what happened, to what, by whom (unless the device in the sentence did it), and when. */
export function EventLine({ event }: { readonly event: EventJson }) {
  return (
    <li class="event">
      <EventMark event={event} />
      <EventText event={event} />
      <span class="muted small event-by">
        {event.actor !== `device:${event.device ?? ''}` && `${event.actor} · `}
        <Ago at={event.at} />
      </span>
    </li>
  );
}

/** Whether the event is good or bad, as a shape and a colour beside the sentence. */
export function EventMark({ event }: { readonly event: EventJson }) {
  const { tone, shape } = lookOf(stateOf(event));
  return (
    <span class={`event-mark ${tone}`}>
      <Icon name={shape} />
    </span>
  );
}

/** The sentence, in which the name of its subject is a link. */
export function EventText({ event }: { readonly event: EventJson }) {
  const message = eventSentence(event);
  const subject = subjectOf(event);
  const at = subject === null ? -1 : findName(message, subject.name);
  if (subject === null || at < 0)
    return (
      <div class="event-text">
        {message} <Repeats event={event} />
      </div>
    );
  return (
    <div class="event-text">
      {message.slice(0, at)}
      <a href={subject.href}>{subject.name}</a>
      {message.slice(at + subject.name.length)} <Repeats event={event} />
    </div>
  );
}

/** How often something happened, and since when, for a line that stands for many. */
export function Repeats({ event: { count, first_at: firstAt } }: { readonly event: EventJson }) {
  if (firstAt === null) return null;
  return <span class="tag">{text.events.times(formatCount(count), formatMoment(new Date(firstAt)))}</span>;
}

function subjectOf({ kind, device, bundle, release_id: release }: EventJson) {
  if (device !== null) return { name: device, href: linkTo('devices', device) };
  if (bundle === null) return null;
  const isRollout = release !== null && kind.startsWith('rollout.');
  return { name: bundle, href: isRollout ? linkTo('rollouts', release) : linkTo('bundles', bundle) };
}
