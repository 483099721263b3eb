import { computed, signal } from '@preact/signals';
import type { SessionJson } from '../../contract/session';
import type { TokenScope } from '../../contract/token';

/** Who looks at this page; `null` until the server has said. */
export const session = signal<SessionJson | null>(null);

/** Nobody is signed in, and nothing of a person is on the page. */
export const needsLogin = computed(
  () => session.value !== null && !session.value.signed_in && session.value.scopes.length === 0,
);

/** The session ended while somebody used the page: it stays as it is under a dialog, with what they may do there. */
export const needsLoginAgain = computed(
  () => session.value !== null && !session.value.signed_in && session.value.scopes.length > 0,
);

/** Whether the viewer may do what needs this scope. What they may not is not shown. */
export function may(scope: TokenScope): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** The server said that the session is over. Nothing that was typed may be lost by that. */
export function endSession(): void {
  if (session.value?.signed_in === true) session.value = { ...session.value, signed_in: false };
}

/** The viewer leaves: the page with all that is on it goes. */
export function signOutHere(): void {
  if (session.value !== null) session.value = { ...session.value, signed_in: false, name: null, scopes: [] };
}
