import { signOutHere } from '../../api/session';
import { Dialog } from '../../parts/dialog';
import { text } from '../../texts';
import { SignInForm } from './sign-in-form';

/** Shown when the session has ended: a dialog over the page, under which everything stays as it was. */
export function SignInAgain() {
  return (
    <Dialog title={text.login.again}>
      <div class="dialog-body">
        <p>{text.login.over}</p>
        <SignInForm class="stack" />
        <footer class="dialog-foot">
          <button type="button" class="quiet" onClick={signOutHere}>
            {text.login.leave}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
