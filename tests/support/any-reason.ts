import { type EventReason, type LineCode, saying } from '../../src/core/journal/catalogue';

/** What a line says, for tests that are about something else. @param word found again by {@link wordOf} */
export function anyReason(word = 'dev-1'): EventReason<LineCode> {
  return saying('device-booted', { device: word });
}

/** The word that the reason of a line was made with. */
export function wordOf({ reason }: { readonly reason: EventReason | null }): unknown {
  return reason?.parameters['device'];
}
