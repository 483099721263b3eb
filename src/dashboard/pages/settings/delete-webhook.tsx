import { remove } from '../../api/client';
import type { WebhookJson } from '../../../contract/webhook';
import { linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { tell } from '../../parts/notices';
import { text } from '../../texts';

const words = text.settings.webhooks;

interface DeleteWebhookProps {
  readonly webhook: WebhookJson;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function DeleteWebhook({ webhook: { name, url }, onDone, onClose }: DeleteWebhookProps) {
  async function removeIt(): Promise<void> {
    await remove(linkTo('api', 'webhooks', name));
    tell(words.removed(name));
    onDone();
  }
  return (
    <FormDialog
      title={words.removeTitle(name)}
      action={words.removeAction(name)}
      isDangerous
      onSubmit={removeIt}
      onClose={onClose}
    >
      <p>{words.removeWhat(url)}</p>
    </FormDialog>
  );
}
