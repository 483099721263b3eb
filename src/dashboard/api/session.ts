import { computed, signal } from '@preact/signals';
import type { SessionJson } from '../../contract/session';
import type { TokenScope } from '../../contract/token';

/** Who is signed in; `null` until the server has answered. */
export const session = signal<SessionJson | null>(null);

/** No one is signed in, and the page shows nothing private. */
export const needsLogin = computed(
  () => session.value !== null && !session.value.signed_in && session.value.scopes.length === 0,
);

/** The session ended while the page was in use: the page stays unchanged under a dialog, with its permissions. */
export const needsLoginAgain = computed(
  () => session.value !== null && !session.value.signed_in && session.value.scopes.length > 0,
);

/** Whether the viewer may do what needs this scope. The page hides everything else. */
export function may(scope: TokenScope): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** The server said that the session is over. This must not lose anything that was typed. */
export function endSession(): void {
  if (session.value?.signed_in === true) session.value = { ...session.value, signed_in: false };
}

/** The viewer signs out: the page and everything on it disappears. */
export function signOutHere(): void {
  if (session.value !== null) session.value = { ...session.value, signed_in: false, name: null, scopes: [] };
}
