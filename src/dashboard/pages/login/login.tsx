import { useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure, post } from '../../api/client';
import { session } from '../../api/session';
import type { SessionJson } from '../../../contract/session';
import { Command } from '../../parts/command';
import { FailureBox } from '../../parts/notices';
import { text } from '../../texts';

/** Exchanges a token for a session; the token itself is kept nowhere. The address stays, so one lands where one wanted to. */
export function LoginPage() {
  const field = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${text.login.title} · ${text.frame.product}`;
    field.current?.focus();
  }, []);

  async function signIn(token: string): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      session.value = await post<SessionJson>('/api/session', { token });
    } catch (error) {
      setFailure(asFailure(error));
      field.current?.select();
    }
    setBusy(false);
  }

  return (
    <main class="plain login">
      <img src="/favicon.svg" alt="" width={40} height={40} />
      <h1>{text.frame.product}</h1>
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void signIn(field.current?.value.trim() ?? '');
        }}
      >
        <label>
          {text.login.token}
          <input
            ref={field}
            name="token"
            type="password"
            autocomplete="current-password"
            required
            maxLength={256}
          />
        </label>
        {failure !== null && <FailureBox error={failure} />}
        <button class="primary" aria-disabled={isBusy}>
          {text.login.submit}
        </button>
      </form>
      <p class="muted small">{session.value?.token_exists === false ? text.login.none : text.login.hint}</p>
      <Command line={text.login.command} />
    </main>
  );
}
