import { effect, signal } from '@preact/signals';
import { eventKinds } from '../core/event';
import { apiPath } from './api/client';
import { askSession } from './api/ask-session';
import { session } from './api/session';
import type { EventJson } from '../contract/event';
import { atBase } from './base';

/**
 * `live`: changes show as they happen. `waiting`: the connection is lost, and being retried. `off`: the page is
 * hidden, or no one is signed in.
 */
export type LiveState = 'live' | 'waiting' | 'off';

export const liveState = signal<LiveState>('off');

type Listener = (events: readonly EventJson[]) => void;
const listeners = new Set<Listener>();
const againAfterMs = 3_000;
/** A fleet that comes back at once writes thousands of lines: the page redraws once for all of them. */
const collectMs = 250;

let source: EventSource | null = null;
let lastId: number | null = null;
/** Something may have been missed, even between the page's first requests and the start of the stream. */
let isMissing = true;
let again: ReturnType<typeof setTimeout> | undefined;
let collected: EventJson[] = [];
let collecting: ReturnType<typeof setTimeout> | undefined;

/** Calls the listener with new journal lines, and with none if some may have been missed. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Follows the journal while someone is signed in and the page is visible: a browser has six connections to a server
 * for all its tabs, and a stream holds one. Call it once.
 */
export function startLive(): void {
  effect(() => {
    stop();
    if (session.value?.signed_in !== true) isMissing = true;
    else if (!document.hidden) open();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop();
    else if (session.value?.signed_in === true && source === null) {
      open();
      tell([]);
    }
  });
}

function stop(): void {
  clearTimeout(again);
  source?.close();
  source = null;
  liveState.value = 'off';
}

function open(): void {
  clearTimeout(again);
  source?.close();
  source = new EventSource(atBase(apiPath('/api/events', { after: lastId })));
  const mine = source;
  mine.onopen = () => {
    liveState.value = 'live';
    if (isMissing) tell([]);
    isMissing = false;
  };
  mine.onerror = () => {
    if (source !== mine) return;
    // The browser gives up completely on some failures, such as a refused connection behind a proxy.
    mine.close();
    isMissing = true;
    liveState.value = 'waiting';
    again = setTimeout(() => void openAgain(), againAfterMs);
  };
  for (const kind of eventKinds) mine.addEventListener(kind, collect);
}

/** The stream may have ended with the session: then the answer of the request leads to the login page. */
async function openAgain(): Promise<void> {
  await askSession().catch(() => undefined);
  if (liveState.peek() === 'waiting' && session.peek()?.signed_in === true) open();
}

function collect(message: MessageEvent<string>): void {
  const event = JSON.parse(message.data) as EventJson;
  lastId = event.id;
  collected.push(event);
  collecting ??= setTimeout(() => {
    const events = collected;
    collected = [];
    collecting = undefined;
    tell(events);
  }, collectMs);
}

function tell(events: readonly EventJson[]): void {
  for (const listener of [...listeners]) listener(events);
}
