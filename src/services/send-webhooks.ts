import type { JournalEvent, NewEvent } from '../core/event';
import { theServer } from '../core/event';
import { retryDelayMs, type Webhook, type WebhookProgress } from '../core/webhook';
import type { Log } from './log';
import type { WebhookRecords } from './manage-webhooks';
import { isWanted, type ReadJournal } from './read-journal';

/**
 * Delivers one event to one receiver.
 * @returns `null` when it was taken, else why not, in words without secrets
 */
export type DeliverEvent = (
  webhook: Pick<Webhook, 'url' | 'name'>,
  secret: string,
  event: JournalEvent,
  signal?: AbortSignal,
) => Promise<string | null>;

export interface SendWebhooksPorts {
  readonly webhooks: WebhookRecords;
  readonly journal: Pick<ReadJournal, 'after'>;
  readonly deliver: DeliverEvent;
  readonly log: Log;
  readonly now: () => Date;
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
  /** Sends what is due; one run at a time. Never rejects. */
  run(): Promise<void>;
  counts(): WebhookCounts;
  /** Cuts what is under way short; it is sent again after the next start. */
  close(): Promise<void>;
}

const page = 100;
/** One event is not tried for longer, so that a receiver that refuses just that one gets the others. */
const giveUpAfterMs = 24 * 3_600_000;

export function createSendWebhooks(ports: SendWebhooksPorts): SendWebhooks {
  const { webhooks, journal, deliver, log, now, random } = ports;
  const totals = { delivered: 0, failed: 0, gaveUp: 0 };
  let running: Promise<void> | undefined;
  const stop = new AbortController();
  let isFailing = false;

  async function run(): Promise<void> {
    try {
      const due = webhooks
        .all()
        .filter(({ isEnabled, nextAttemptAt }) => isEnabled && isDue(nextAttemptAt, now()));
      await Promise.all(due.map((webhook) => catchUp(webhook)));
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'webhooks can not be sent at the moment');
      isFailing = true;
    }
  }

  /** Sends a page of events, up to the first that fails. */
  async function catchUp(webhook: Webhook): Promise<void> {
    const secret = webhooks.secret(webhook.id);
    if (secret === undefined) return;
    let progress: Webhook = webhook;
    for (const event of journal.after({}, { limit: page, afterId: webhook.cursor })) {
      // A webhook does not hear of webhooks: its own failures would feed it for ever.
      const isForIt = !event.kind.startsWith('webhook.') && isWanted(event, { kinds: webhook.kinds });
      const outcome = isForIt ? await send(progress, secret, event) : { ...progress, cursor: event.id };
      if (stop.signal.aborted) return;
      const hasFailed = outcome.cursor !== event.id;
      if (isForIt)
        await webhooks.saveProgress(webhook.id, outcome, lineOf(webhook, outcome, event, hasFailed));
      progress = { ...progress, ...outcome };
      if (hasFailed) return;
    }
    if (progress.cursor !== webhook.cursor) await webhooks.saveProgress(webhook.id, progress, []);
  }

  async function send(webhook: Webhook, secret: string, event: JournalEvent): Promise<WebhookProgress> {
    const failure = await deliver(webhook, secret, event, stop.signal);
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
    if (at.getTime() - failingSince.getTime() >= giveUpAfterMs) {
      totals.gaveUp += 1;
      return { ...failed, cursor: event.id, attempts: 0, nextAttemptAt: null, failingSince: at };
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
    run() {
      if (stop.signal.aborted) return Promise.resolve();
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
    async close() {
      stop.abort();
      await running;
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
