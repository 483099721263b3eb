import { useLayoutEffect } from 'preact/hooks';
import { session } from '../../api/session';
import { Command } from '../../parts/command';
import { text } from '../../texts';
import { SignInForm } from './sign-in-form';

/** Asks who is there. The address stays the same, so that signing in leads to the requested page. */
export function LoginPage() {
  useLayoutEffect(() => {
    document.title = `${text.login.title} · ${text.frame.product}`;
  }, []);
  return (
    <main class="plain login">
      <img src="/favicon.svg" alt="" width={40} height={40} />
      <h1>{text.frame.product}</h1>
      <SignInForm class="panel" />
      <p class="muted small">{session.value?.token_exists === false ? text.login.none : text.login.hint}</p>
      <Command line={text.login.command} />
    </main>
  );
}
