import { useState } from 'preact/hooks';
import type { WebhookJson, WebhookListJson } from '../../../contract/webhook';
import { Command } from '../../parts/command';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Section } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { CreateWebhook } from './create-webhook';
import { DeleteWebhook } from './delete-webhook';
import { WebhookRow } from './webhook-row';

const words = text.settings.webhooks;
/** Deliveries leave no line in the journal. */
const refreshMs = 15_000;

/** Where this server sends events, and whether they arrive. */
export function Webhooks() {
  const [isCreating, setCreating] = useState(false);
  const [deleted, setDeleted] = useState<WebhookJson | null>(null);
  const data = useData<WebhookListJson>('/api/webhooks', {
    isStale: ({ kind }) => kind.startsWith('webhook.'),
    everyMs: refreshMs,
  });
  return (
    <Section
      id="webhooks"
      title={words.title}
      actions={
        <button type="button" onClick={() => setCreating(true)}>
          {words.create}
        </button>
      }
    >
      <p class="muted section-hint">{words.hint}</p>
      <Loaded data={data}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <EmptyState title={words.none}>
              <p class="muted">{words.noneHint}</p>
              <Command line={words.command} />
            </EmptyState>
          ) : (
            <ul class="rows">
              {webhooks.map((webhook) => (
                <WebhookRow
                  key={webhook.name}
                  webhook={webhook}
                  onChange={data.reload}
                  onDelete={() => setDeleted(webhook)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isCreating && <CreateWebhook onDone={data.reload} onClose={() => setCreating(false)} />}
      {deleted !== null && (
        <DeleteWebhook webhook={deleted} onDone={data.reload} onClose={() => setDeleted(null)} />
      )}
    </Section>
  );
}
