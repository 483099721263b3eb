import { type JournalEvent, type NewEvent, theServer } from '../../core/event';
import { retryDelayMs, type Webhook, type WebhookProgress } from '../../core/webhook';
import { asPart } from '../startup/optional-parts';
import type { DeliverEvent, WebhookRecords } from '../../ports/webhooks';
import { isWanted } from '../../core/event-filter';
import type { ReadJournal } from '../../ports/journal';
import type { Clock } from '../../ports/clock';

export interface SendWebhooksPorts {
  readonly webhooks: WebhookRecords;
  readonly journal: Pick<ReadJournal, 'after'>;
  readonly deliver: DeliverEvent;
  /** Send nothing in this run of the server: the last ones ended by it. */
  readonly isLeftOut?: boolean;
  /** How long ago the clock of the server showed a time, in milliseconds, also where it was set since. */
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
}

/** Sends the journal to webhooks, each in its order, and goes on after a restart where it was. */
export interface SendWebhooks {
  /**
   * Begins to send what is due, each webhook for itself.
   * @returns the end of what is under way, which need not be waited for; it never rejects
   * @throws what a webhook failed with on this server's side, such as DomainError `storage-full`, until that one goes on
   */
  begin(): Promise<{ readonly ended: Promise<void> }>;
  counts(): Promise<WebhookCounts>;
  /** Cuts what is under way short; it is sent again after the next start. */
  close(): Promise<void>;
}

const page = 500;
/** One event is not tried for longer, so that a receiver that refuses just that one gets the others. */
const giveUpAfterMs = 24 * 3_600_000;
/** But so often at least, which takes three quarters of an hour: this server may have been off for all of that time. */
const giveUpAfterAttempts = 10;

/** Goes through the journal for each webhook by itself. */
export class WebhookSender implements SendWebhooks {
  readonly #totals = { delivered: 0, failed: 0, gaveUp: 0 };
  readonly #running = new Map<number, Promise<void>>();
  /** What a webhook failed with on this side, until it goes on. */
  readonly #failures = new Map<number, unknown>();
  readonly #stop = new AbortController();

  constructor(private readonly ports: SendWebhooksPorts) {}

  async begin(): Promise<{ readonly ended: Promise<void> }> {
    if (this.#isStopped() || this.ports.isLeftOut === true) return { ended: Promise.resolve() };
    const webhooks = await this.ports.webhooks.all();
    if (this.#isStopped()) return { ended: Promise.resolve() };
    for (const id of [...this.#failures.keys()])
      if (!webhooks.some((one) => one.id === id && one.isEnabled)) this.#failures.delete(id);
    const due = webhooks.filter(({ id, isEnabled, nextAttemptAt }) => {
      return isEnabled && !this.#running.has(id) && isDue(nextAttemptAt, this.ports.now());
    });
    for (const webhook of due) this.#start(webhook);
    const ended = Promise.all(this.#running.values()).then(() => undefined);
    for (const failure of this.#failures.values()) throw failure;
    return { ended };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running.values());
  }

  async counts(): Promise<WebhookCounts> {
    const webhooks = await this.ports.webhooks.all();
    const failing = webhooks.filter(({ isEnabled, lastError }) => isEnabled && lastError !== null);
    return { ...this.#totals, failing: failing.length };
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Each has a run of its own, so that a slow receiver holds up nobody else. */
  #start(webhook: Webhook): void {
    const started = this.#catchUp(webhook)
      .then(() => this.#failures.delete(webhook.id))
      .catch((error: unknown) => this.#failures.set(webhook.id, error))
      .then(() => {
        this.#running.delete(webhook.id);
      });
    this.#running.set(webhook.id, started);
  }

  /** Sends what is wanted, up to the first event that fails. */
  async #catchUp(due: Webhook): Promise<void> {
    const { webhooks } = this.ports;
    const { id, kinds } = due;
    let { cursor } = due;
    for (;;) {
      const events = await this.ports.journal.after(cursor, page);
      for (const event of events) {
        if (!isWanted(event, { kinds })) continue;
        // A webhook does not hear of webhooks: its own failures would feed it for ever.
        if (event.kind.startsWith('webhook.')) continue;
        const present = await webhooks.find({ id });
        if (present?.webhook.isEnabled !== true || present.webhook.cursor !== cursor || this.#isStopped())
          return;
        const { webhook, secret } = present;
        const progress = await this.#send(webhook, secret, event);
        if (this.#isStopped()) return;
        const hasFailed = progress.cursor !== event.id;
        const lines = this.#lineOf(webhook, progress, event, hasFailed);
        const isSaved = await webhooks.saveProgress(webhook, progress, lines);
        if (hasFailed || !isSaved) return;
        cursor = progress.cursor;
      }
      const last = events.at(-1)?.id ?? cursor;
      // What is not for it is not read again.
      if (last > cursor) await webhooks.passOver(id, cursor, last);
      cursor = last;
      if (events.length < page || this.#isStopped()) return;
    }
  }

  async #send(webhook: Webhook, secret: string, event: JournalEvent): Promise<WebhookProgress> {
    const failure = await asPart('webhooks', () =>
      this.ports.deliver(webhook, secret, { id: String(event.id), event }, this.#stop.signal),
    );
    const at = this.ports.now();
    if (failure === null) {
      this.#totals.delivered += 1;
      return {
        cursor: event.id,
        attempts: 0,
        nextAttemptAt: null,
        failingSince: null,
        lastError: null,
        lastDeliveredAt: at,
      };
    }
    this.#totals.failed += 1;
    const attempts = webhook.attempts + 1;
    const failingSince = webhook.failingSince ?? at;
    const failed = { failingSince, lastError: failure, lastDeliveredAt: webhook.lastDeliveredAt };
    const hasLasted = this.ports.agoMs(failingSince) >= giveUpAfterMs;
    if (hasLasted && attempts >= giveUpAfterAttempts) {
      this.#totals.gaveUp += 1;
      // The next event has not been tried yet: it gets a day of its own.
      return { ...failed, cursor: event.id, attempts: 0, nextAttemptAt: null, failingSince: null };
    }
    const nextAttemptAt = new Date(at.getTime() + retryDelayMs(attempts, this.ports.random()));
    return { ...failed, cursor: webhook.cursor, attempts, nextAttemptAt };
  }

  #lineOf(
    { name }: Webhook,
    { lastError }: WebhookProgress,
    event: JournalEvent,
    hasFailed: boolean,
  ): readonly NewEvent[] {
    if (hasFailed || lastError === null) return [];
    const message = `the webhook ${name} gave up on event ${event.id}: ${lastError}`;
    return [
      {
        kind: 'webhook.gave-up',
        at: this.ports.now(),
        actor: theServer,
        message,
        after: { event: event.id },
      },
    ];
  }
}

/** A clock that was set back must not put an attempt off for years. */
function isDue(nextAttemptAt: Date | null, now: Date): boolean {
  if (nextAttemptAt === null) return true;
  const waitMs = nextAttemptAt.getTime() - now.getTime();
  return waitMs <= 0 || waitMs > 2 * 3_600_000;
}
