import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionJson } from '../../../contract/session';
import { asFailure, type Failure, post } from '../../api/client';
import { session } from '../../api/session';
import { FailureBox } from '../../parts/notices';
import { text } from '../../texts';

interface SignInFormProps {
  readonly class: string;
  readonly children?: ComponentChildren;
}

/** Exchanges a token for a session; the token itself is not stored anywhere. */
export function SignInForm({ class: className, children }: SignInFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => field.current?.focus(), []);

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
    <form
      class={className}
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
      {children}
      <button class="primary" aria-disabled={isBusy}>
        {text.login.submit}
      </button>
    </form>
  );
}
