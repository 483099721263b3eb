import { type EventKind, eventKinds } from '../../../core/event';
import { text } from '../../texts';

const { groups, kinds } = text.events;

/**
 * The words for a kind, or for all kinds of a noun: `rollout.paused` and `rollout.`. Unknown ones stay as they are.
 */
export function kindWord(kind: string): string {
  const group = groupWord(kind);
  if (group === undefined) return kind;
  if (kind.endsWith('.')) return text.settings.webhooks.allOf(group);
  return isKind(kind) ? `${group}: ${kinds[kind]}` : kind;
}

function groupWord(kind: string): string | undefined {
  return Object.entries(groups).find(([noun]) => kind.startsWith(`${noun}.`))?.[1];
}

function isKind(kind: string): kind is EventKind {
  return eventKinds.some((known) => known === kind);
}
