import { computed, signal } from '@preact/signals';
import type { SessionJson } from '../../contract/session';
import type { TokenScope } from '../../contract/token';

/** Who looks at this page; `null` until the server has said. */
export const session = signal<SessionJson | null>(null);

export const needsLogin = computed(() => session.value !== null && !session.value.signed_in);

/** Whether the viewer may do what needs this scope. What they may not is not shown. */
export function may(scope: TokenScope): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}

/** The server said that the session is over. */
export function signOutHere(): void {
  if (session.value !== null) session.value = { ...session.value, signed_in: false, name: null, scopes: [] };
}
