import { type EventReason, type LineCode, saying } from '../../src/core/journal/catalogue';

/** A reason of some line, for tests about something else. @param word can be read back with {@link wordOf} */
export function anyReason(word = 'dev-1'): EventReason<LineCode> {
  return saying('device-booted', { device: word });
}

/** The word that a line's reason was made with. */
export function wordOf({ reason }: { readonly reason: EventReason | null }): unknown {
  return reason?.parameters['device'];
}
