import { get } from './client';
import { session } from './session';
import type { SessionJson } from '../../contract/session';

/** Asks the server who looks at the page. @throws Failure */
export async function askSession(): Promise<void> {
  const answer = await get<SessionJson>('/api/session');
  // The same answer is no news: what follows the session would begin anew.
  if (JSON.stringify(answer) !== JSON.stringify(session.peek())) session.value = answer;
}
