import { type JournalEvent, type NewEvent, theServer } from '../../core/event';
import { retryDelayMs, type Webhook, type WebhookProgress } from '../../core/webhook';
import type { Log } from '../../ports/log';
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
  readonly log: Log;
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
  /** Sends what is due, each webhook for itself. Never rejects. */
  run(): Promise<void>;
  counts(): WebhookCounts;
  /** Cuts what is under way short; it is sent again after the next start. */
  close(): Promise<void>;
}

const page = 500;
/** One event is not tried for longer, so that a receiver that refuses just that one gets the others. */
const giveUpAfterMs = 24 * 3_600_000;
/** But so often at least, which takes three quarters of an hour: this server may have been off for all of that time. */
const giveUpAfterAttempts = 10;

export function createSendWebhooks(ports: SendWebhooksPorts): SendWebhooks {
  const { webhooks, journal, log, now, random } = ports;
  const deliver: DeliverEvent = (...delivery) => asPart('webhooks', () => ports.deliver(...delivery));
  const totals = { delivered: 0, failed: 0, gaveUp: 0 };
  const running = new Map<number, Promise<void>>();
  const stop = new AbortController();
  const isStopped = () => stop.signal.aborted;
  let isFailing = false;

  async function run(): Promise<void> {
    try {
      const due = webhooks.all().filter(({ id, isEnabled, nextAttemptAt }) => {
        return isEnabled && !running.has(id) && isDue(nextAttemptAt, now());
      });
      await Promise.all(due.map((webhook) => start(webhook)));
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'webhooks can not be sent at the moment');
      isFailing = true;
    }
  }

  /** Each has a run of its own, so that a slow receiver holds up nobody else. */
  function start(webhook: Webhook): Promise<void> {
    const started = catchUp(webhook).finally(() => running.delete(webhook.id));
    running.set(webhook.id, started);
    return started;
  }

  /** Sends what is wanted, up to the first event that fails. */
  async function catchUp(webhook: Webhook): Promise<void> {
    const secret = webhooks.secret(webhook.id);
    if (secret === undefined) return;
    const { kinds } = webhook;
    let { cursor } = webhook;
    for (;;) {
      const events = await journal.after(cursor, page);
      for (const event of events) {
        if (!isWanted(event, { kinds })) continue;
        // A webhook does not hear of webhooks: its own failures would feed it for ever.
        if (event.kind.startsWith('webhook.')) continue;
        const present = webhooks.all().find(({ id }) => id === webhook.id);
        if (present?.isEnabled !== true || present.cursor !== cursor || isStopped()) return;
        const progress = await send(present, secret, event);
        if (isStopped()) return;
        const hasFailed = progress.cursor !== event.id;
        const isSaved = await webhooks.saveProgress(
          webhook.id,
          cursor,
          progress,
          lineOf(webhook, progress, event, hasFailed),
        );
        if (hasFailed || !isSaved) return;
        cursor = progress.cursor;
      }
      cursor = await passOver(webhook.id, cursor, events.at(-1)?.id ?? cursor);
      if (events.length < page || isStopped()) return;
    }
  }

  /** Passes over what is not for it, so that it is not read again. */
  async function passOver(id: number, from: number, to: number): Promise<number> {
    const present = webhooks.all().find((one) => one.id === id);
    if (present?.cursor === from && to > from)
      await webhooks.saveProgress(id, from, { ...present, cursor: to }, []);
    return to;
  }

  async function send(webhook: Webhook, secret: string, event: JournalEvent): Promise<WebhookProgress> {
    const failure = await deliver(webhook, secret, { id: String(event.id), event }, stop.signal);
    const at = now();
    if (failure === null) {
      totals.delivered += 1;
      return {
        cursor: event.id,
        attempts: 0,
        nextAttemptAt: null,
        failingSince: null,
        lastError: null,
        lastDeliveredAt: at,
      };
    }
    totals.failed += 1;
    const attempts = webhook.attempts + 1;
    const failingSince = webhook.failingSince ?? at;
    const failed = { failingSince, lastError: failure, lastDeliveredAt: webhook.lastDeliveredAt };
    const hasLasted = at.getTime() - failingSince.getTime() >= giveUpAfterMs;
    if (hasLasted && attempts >= giveUpAfterAttempts) {
      totals.gaveUp += 1;
      // The next event has not been tried yet: it gets a day of its own.
      return { ...failed, cursor: event.id, attempts: 0, nextAttemptAt: null, failingSince: null };
    }
    const nextAttemptAt = new Date(at.getTime() + retryDelayMs(attempts, random()));
    return { ...failed, cursor: webhook.cursor, attempts, nextAttemptAt };
  }

  function lineOf(
    { name }: Webhook,
    { lastError }: WebhookProgress,
    event: JournalEvent,
    hasFailed: boolean,
  ): readonly NewEvent[] {
    if (hasFailed || lastError === null) return [];
    const message = `the webhook ${name} gave up on event ${event.id}: ${lastError}`;
    return [{ kind: 'webhook.gave-up', at: now(), actor: theServer, message, after: { event: event.id } }];
  }

  return {
    run: () => (isStopped() || ports.isLeftOut === true ? Promise.resolve() : run()),
    async close() {
      stop.abort();
      await Promise.allSettled(running.values());
    },
    counts: () => ({
      ...totals,
      failing: webhooks.all().filter(({ isEnabled, lastError }) => isEnabled && lastError !== null).length,
    }),
  };
}

/** A clock that was set back must not put an attempt off for years. */
function isDue(nextAttemptAt: Date | null, now: Date): boolean {
  if (nextAttemptAt === null) return true;
  const waitMs = nextAttemptAt.getTime() - now.getTime();
  return waitMs <= 0 || waitMs > 2 * 3_600_000;
}
