import { type NewEvent, theServer } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import { maxWaiting, type Webhook } from '../../core/webhook';
import { afterAttempt, type DeliveryProgress, withoutEvent } from '../../core/webhook-delivery';
import { shownError } from '../../core/webhook-error';
import type { Clock } from '../../ports/clock';
import type { ReadJournal } from '../../ports/journal';
import type { OpenDelivery, WebhookDeliveries } from '../../ports/webhook-deliveries';
import type { DeliverEvent, WebhookRecords } from '../../ports/webhooks';
import { asPart } from '../startup/optional-parts';
import type { DescribeWebhooks } from './describe-webhooks';
import { queueEvents } from './queue-events';
import { type Outcome, WebhookLanes } from './webhook-lanes';

export interface SendWebhooksPorts {
  readonly webhooks: Pick<WebhookRecords, 'all'>;
  readonly deliveries: Pick<WebhookDeliveries, 'queue' | 'due' | 'open' | 'letGo' | 'save'>;
  readonly describe: Pick<DescribeWebhooks, 'all'>;
  readonly journal: Pick<ReadJournal, 'after'>;
  readonly deliver: DeliverEvent;
  /** Send nothing in this run of the server, because sending ended the last ones. */
  readonly isLeftOut?: boolean;
  /** How long ago the server's clock showed a time, in milliseconds, even if it was set since. */
  readonly agoMs: (at: Date) => number;
  readonly now: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface WebhookCounts {
  readonly delivered: number;
  readonly failed: number;
  readonly gaveUp: number;
  /** Webhooks whose last attempt failed. */
  readonly failing: number;
  /** Deliveries that wait for an attempt. */
  readonly waiting: number;
  /** Webhooks with so many waiting deliveries that later events stay in the journal. */
  readonly full: number;
}

/** Sends the journal to webhooks, and resumes after a restart. */
export interface SendWebhooks {
  /**
   * Starts sending what is due, separately for each webhook.
   * @returns a promise for the end of what is under way, which never rejects and need not be awaited
   * @throws webhook failures on this server's side, such as DomainError `storage-full`, while they last
   */
  begin(): Promise<{ readonly ended: Promise<void> }>;
  counts(): Promise<WebhookCounts>;
  /** Interrupts what is under way; it is sent again after the next start. */
  close(): Promise<void>;
}

/** Creates deliveries from the journal, and sends each webhook's separately. */
export class WebhookSender implements SendWebhooks {
  readonly #totals = { delivered: 0, failed: 0, gaveUp: 0 };
  readonly #running = new Set<Promise<void>>();
  readonly #lanes = new Map<number, WebhookLanes>();
  /** A webhook's failures on this side, while they last. */
  readonly #failures = new Map<number, unknown>();
  readonly #stop = new AbortController();

  constructor(private readonly ports: SendWebhooksPorts) {}

  async begin(): Promise<{ readonly ended: Promise<void> }> {
    if (this.#isStopped() || this.ports.isLeftOut === true) return { ended: Promise.resolve() };
    const webhooks = (await this.ports.webhooks.all()).filter(({ isEnabled }) => isEnabled);
    if (this.#isStopped()) return { ended: Promise.resolve() };
    const ids = new Set(webhooks.map(({ id }) => id));
    for (const id of this.#failures.keys()) if (!ids.has(id)) this.#failures.delete(id);
    for (const [id, { isIdle }] of this.#lanes) if (!ids.has(id) && isIdle) this.#lanes.delete(id);
    for (const webhook of webhooks) this.#start(webhook);
    const ended = Promise.all(this.#running).then(() => undefined);
    for (const failure of this.#failures.values()) throw failure;
    return { ended };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
    for (const lanes of this.#lanes.values()) await lanes.close();
  }

  async counts(): Promise<WebhookCounts> {
    const webhooks = (await this.ports.describe.all()).filter(({ isEnabled }) => isEnabled);
    return {
      ...this.#totals,
      failing: webhooks.filter(({ lastError }) => lastError !== null).length,
      waiting: webhooks.reduce((sum, { waiting }) => sum + waiting, 0),
      full: webhooks.filter(({ waiting }) => waiting >= maxWaiting).length,
    };
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Each webhook has its own run, so a slow receiver does not delay the others, and a slow event does not delay later runs. */
  #start(webhook: Webhook): void {
    const started = queueEvents(this.ports, webhook, this.#stop.signal)
      .then(() => this.#lanesOf(webhook.id).run(webhook))
      .then(() => this.#failures.delete(webhook.id))
      .catch((error: unknown) => this.#failures.set(webhook.id, error))
      .then(() => {
        this.#running.delete(started);
      });
    this.#running.add(started);
  }

  #lanesOf(id: number): WebhookLanes {
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    const { deliveries, now } = this.ports;
    const attempt = (delivery: OpenDelivery) => this.#attempt(delivery);
    const lanes = new WebhookLanes({ deliveries, attempt, now, stop: this.#stop.signal });
    this.#lanes.set(id, lanes);
    return lanes;
  }

  async #attempt({ webhook, secret, delivery, event }: OpenDelivery): Promise<Outcome | undefined> {
    const { deliver, now, agoMs, random } = this.ports;
    const place = { webhookId: webhook.id, eventId: delivery.eventId, attempts: delivery.attempts };
    if (event === undefined) {
      const progress = withoutEvent(delivery, now());
      this.#totals.gaveUp += 1;
      return { change: [place, progress, [gaveUp(webhook, progress)]], hasFailed: false };
    }
    const answer = await asPart('webhooks', () =>
      deliver(webhook, secret, { id: String(event.id), event }, this.#stop.signal),
    );
    if (this.#isStopped()) return undefined;
    const failure = answer === null ? null : shownError(answer, { url: webhook.url, secret });
    const { failingSince } = delivery;
    const failedForMs = failingSince === null ? 0 : agoMs(failingSince);
    const progress = afterAttempt(delivery, { failure, at: now(), failedForMs, random: random() });
    this.#totals[failure === null ? 'delivered' : 'failed'] += 1;
    if (progress.state === 'gave-up') this.#totals.gaveUp += 1;
    const lines = progress.state === 'gave-up' ? [gaveUp(webhook, progress)] : [];
    return { change: [place, progress, lines], hasFailed: failure !== null };

    function gaveUp({ name }: Webhook, { lastError, endedAt }: DeliveryProgress): NewEvent {
      return {
        kind: 'webhook.gave-up',
        at: endedAt ?? now(),
        actor: theServer,
        reason: saying('webhook-gave-up', { webhook: name, event: place.eventId, why: lastError }),
        after: { event: place.eventId },
      };
    }
  }
}
