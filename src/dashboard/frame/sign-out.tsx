import { remove } from '../api/client';
import { session, signOutHere } from '../api/session';
import { attempt } from '../parts/notices';
import { text } from '../texts';

/** Shown only if there is a session to end. */
export function SignOut({ isShort }: { readonly isShort: boolean }) {
  const { token_required: isNeeded, name } = session.value ?? {};
  if (isNeeded !== true || isShort) return null;
  return (
    <div class="sign-out">
      <span class="muted small" title={name ?? undefined}>
        {name}
      </span>
      <button
        type="button"
        class="quiet small"
        onClick={() => void attempt(() => remove('/api/session').then(signOutHere), null)}
      >
        {text.frame.signOut}
      </button>
    </div>
  );
}
