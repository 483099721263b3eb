import { camelCase } from '../base/text/field-names';
import type { EventJson } from '../contract/event';
import { messageOf } from '../core/journal/sentences';
import type { ReasonParameters } from '../core/reasons/reason-words';
import { onItsOwn } from './on-its-own';

/** A known line gets the page's own words; for an unknown one, the page shows the server's sentence. */
export function eventSentence({ kind, message, reason, parameters }: EventJson): string {
  if (reason === null) return messageOf({ kind, message, reason });
  const told = { code: reason, parameters: camelCase(parameters ?? {}) as ReasonParameters };
  return onItsOwn(messageOf({ kind, message, reason: told }), told.parameters);
}
