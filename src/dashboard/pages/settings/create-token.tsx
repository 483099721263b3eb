import { useState } from 'preact/hooks';
import { post } from '../../api/client';
import type { NewTokenJson, TokenScope } from '../../../contract/token';
import { Command } from '../../parts/command';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { SecretDialog } from '../../parts/secret-dialog';
import { text } from '../../texts';

const words = text.settings.tokens;
const scopes: readonly TokenScope[] = ['read', 'publish', 'admin'];

interface CreateTokenProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks what the token is for, then shows the secret once. */
export function CreateToken({ onDone, onClose }: CreateTokenProps) {
  const [made, setMade] = useState<NewTokenJson | null>(null);
  if (made !== null) {
    return (
      <SecretDialog
        title={words.made(made.token.name)}
        hint={words.once}
        secret={made.secret}
        onClose={onClose}
      >
        <p class="muted">{words.use}</p>
        <Command line={words.useCommand('…')} />
      </SecretDialog>
    );
  }

  async function create(fields: FormData): Promise<void> {
    const body = { name: typedIn(fields, 'name'), scope: typedIn(fields, 'scope') };
    const answer = await post<NewTokenJson>('/api/tokens', body);
    setMade(answer);
    onDone();
  }
  return (
    <FormDialog
      title={words.create}
      action={words.createAction}
      onSubmit={create}
      closesWhenDone={false}
      onClose={onClose}
    >
      <label>
        {text.settings.name}
        <input name="name" autoFocus required maxLength={64} autocomplete="off" spellcheck={false} />
        <span class="field-hint">{text.settings.nameHint}</span>
      </label>
      <fieldset class="choices">
        <legend>{words.scope}</legend>
        {scopes.map((scope) => (
          <label key={scope} class="inline">
            <input type="radio" name="scope" value={scope} defaultChecked={scope === 'read'} />
            <span>
              <strong>{scope}</strong>
              <span class="field-hint">{text.settings.scopes[scope]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}
