import { useEffect, useState } from 'preact/hooks';
import { patch, post } from '../../api/client';
import type { WebhookJson } from '../../../contract/webhook';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { attempt } from '../../parts/notices';
import { Facts } from '../../parts/page';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { lastErrorWords } from '../../why-words';
import { Deliveries } from './deliveries';
import { kindWord } from './kind-word';

const words = text.settings.webhooks;

interface WebhookRowProps {
  readonly webhook: WebhookJson;
  readonly onChange: () => void;
  readonly onDelete: () => void;
}

/** One receiver: what it gets, whether it accepts it, and the actions on it. */
export function WebhookRow({ webhook, onChange, onDelete }: WebhookRowProps) {
  const { name, url, kinds, enabled, failing_since: failingSince } = webhook;
  const isFailing = enabled && failingSince !== null;
  return (
    <li class="webhook" aria-label={name}>
      <div class="webhook-head">
        <h3>{name}</h3>
        <StateBadge state={isFailing ? 'failing' : enabled ? 'enabled' : 'disabled'} />
        <Actions webhook={webhook} onChange={onChange} onDelete={onDelete} />
      </div>
      <p class="mono">{url}</p>
      <ul class="tags" aria-label={words.events}>
        {(kinds.length === 0 ? [words.all] : kinds.map(kindWord)).map((kind) => (
          <li key={kind} class="tag">
            {kind}
          </li>
        ))}
      </ul>
      {isFailing && (
        <div class="box bad">
          <Facts
            facts={[
              [words.lastError, lastErrorWords(webhook)],
              [words.failingSince, <Ago at={failingSince} />],
              [words.attempts, formatCount(webhook.attempts)],
              webhook.next_attempt_at === null
                ? null
                : [words.nextAttempt, <Ago at={webhook.next_attempt_at} />],
            ]}
          />
        </div>
      )}
      <Order webhook={webhook} onChange={onChange} />
      <p class="muted small">
        {words.lastDelivered}: <Ago at={webhook.last_delivered_at} />
      </p>
      <Deliveries name={name} onChange={onChange} />
    </li>
  );
}

function Order({ webhook: { name, in_order: inOrder }, onChange }: Omit<WebhookRowProps, 'onDelete'>) {
  // Shown as chosen until the list confirms it: the list may be reloaded before the server has answered.
  const [chosen, setChosen] = useState<boolean>();
  useEffect(() => setChosen(undefined), [inOrder]);

  async function choose(wanted: boolean): Promise<void> {
    setChosen(wanted);
    const isDone = await attempt(
      () => patch(linkTo('api', 'webhooks', name), { in_order: wanted }),
      wanted ? words.ordered(name) : words.unordered(name),
      () => void choose(!wanted),
    );
    if (!isDone) setChosen(undefined);
    onChange();
  }
  const isChecked = chosen ?? inOrder;
  return (
    <label class="inline">
      <input type="checkbox" checked={isChecked} onChange={() => void choose(!isChecked)} />
      {words.inOrder}
    </label>
  );
}

function Actions({ webhook: { name, enabled }, onChange, onDelete }: WebhookRowProps) {
  const [isBusy, setBusy] = useState(false);
  const path = linkTo('api', 'webhooks', name);

  async function test(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    await attempt(() => post(`${path}/test`), words.tested(name));
    setBusy(false);
    onChange();
  }

  async function turn(isOn: boolean): Promise<void> {
    await attempt(
      () => post(`${path}/${isOn ? 'enable' : 'disable'}`),
      isOn ? words.enabled(name) : words.disabled(name),
      () => void turn(!isOn),
    );
    onChange();
  }

  return (
    <div class="actions webhook-actions">
      <button
        type="button"
        class="small"
        aria-label={words.testOf(name)}
        aria-disabled={isBusy}
        onClick={() => void test()}
      >
        {words.test}
      </button>
      <button
        type="button"
        class="small"
        aria-label={enabled ? words.disableOf(name) : words.enableOf(name)}
        onClick={() => void turn(!enabled)}
      >
        {enabled ? words.disable : words.enable}
      </button>
      <button type="button" class="small danger" aria-label={words.removeOf(name)} onClick={onDelete}>
        {words.remove}
      </button>
    </div>
  );
}
