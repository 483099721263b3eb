import { get } from './client';
import { endSession, needsLoginAgain, session } from './session';
import type { SessionJson } from '../../contract/session';

/** Asks the server who is signed in. @throws Failure */
export async function askSession(): Promise<void> {
  const answer = await get<SessionJson>('/api/session');
  const hasPage = session.peek()?.signed_in === true || needsLoginAgain.peek();
  if (!answer.signed_in && hasPage) {
    endSession();
    return;
  }
  // An equal answer changes nothing: otherwise everything that follows the session would start over.
  if (JSON.stringify(answer) !== JSON.stringify(session.peek())) session.value = answer;
}
