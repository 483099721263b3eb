import type { NewWebhookJson } from '../../../contract/webhook';
import { useState } from 'preact/hooks';
import { post } from '../../api/client';
import { FormDialog } from '../../parts/dialog';
import { optional, typedIn } from '../../parts/form-fields';
import { SecretDialog } from '../../parts/secret-dialog';
import { text } from '../../texts';
import { KindFields } from './kind-fields';

const words = text.settings.webhooks;

interface CreateWebhookProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks where to send which events, then shows the secret once. */
export function CreateWebhook({ onDone, onClose }: CreateWebhookProps) {
  const [made, setMade] = useState<NewWebhookJson | null>(null);
  if (made !== null) {
    return (
      <SecretDialog
        title={words.made(made.webhook.name)}
        hint={words.once}
        secret={made.secret}
        onClose={onClose}
      />
    );
  }

  async function create(fields: FormData): Promise<void> {
    const kinds = fields.getAll('kind').map(String);
    if (typedIn(fields, 'which') === 'chosen' && kinds.length === 0) throw new Error(words.chooseOne);
    const answer = await post<NewWebhookJson>('/api/webhooks', {
      name: typedIn(fields, 'name'),
      url: typedIn(fields, 'url'),
      kinds,
      in_order: fields.has('in_order'),
      ...optional(fields, 'secret'),
    });
    setMade(answer);
    onDone();
  }

  return (
    <FormDialog
      title={words.create}
      action={words.createAction}
      isWide
      onSubmit={create}
      closesWhenDone={false}
      onClose={onClose}
    >
      <label>
        {text.settings.name}
        <input name="name" autoFocus required maxLength={64} autocomplete="off" spellcheck={false} />
        <span class="field-hint">{text.settings.nameHint}</span>
      </label>
      <label>
        {words.url}
        <input name="url" required maxLength={1_000} autocomplete="off" spellcheck={false} inputMode="url" />
        <span class="field-hint">{words.urlHint}</span>
      </label>
      <KindFields />
      <label class="inline">
        <input type="checkbox" name="in_order" />
        {words.inOrder}
      </label>
      <label>
        {words.secret}
        <input name="secret" type="password" maxLength={256} autocomplete="new-password" />
        <span class="field-hint">{words.secretHint}</span>
      </label>
    </FormDialog>
  );
}
