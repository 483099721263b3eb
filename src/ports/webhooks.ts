import type { JournalEvent, NewEvent } from '../core/event';
import type { Webhook, WebhookProgress } from '../core/webhook';

/** Where webhooks last. */
export interface WebhookRecords {
  all(): readonly Webhook[];
  /** @returns `undefined` when the name is in use */
  add(
    webhook: Pick<Webhook, 'name' | 'url' | 'kinds' | 'createdAt' | 'createdBy' | 'cursor'>,
    secret: string,
    events: readonly NewEvent[],
  ): Promise<Webhook | undefined>;
  secret(id: number): string | undefined;
  setEnabled(id: number, isEnabled: boolean, cursor: number, events: readonly NewEvent[]): Promise<void>;
  remove(id: number, events: readonly NewEvent[]): Promise<void>;
  /** @returns false when somebody has changed it meanwhile: then nothing is saved */
  saveProgress(
    id: number,
    from: number,
    progress: WebhookProgress,
    events: readonly NewEvent[],
  ): Promise<boolean>;
}

/** One event on its way to one receiver. */
export interface Delivery {
  /** The same for each attempt, and for no other event: receivers know by it what they have already. */
  readonly id: string;
  readonly event: JournalEvent;
}

/**
 * Delivers one event to one receiver.
 * @returns `null` when it was taken, else why not, in words without secrets
 */
export type DeliverEvent = (
  webhook: Pick<Webhook, 'url' | 'name'>,
  secret: string,
  delivery: Delivery,
  signal?: AbortSignal,
) => Promise<string | null>;

/**
 * Checks a URL that somebody wants to keep. What its name leads to may change: each call is checked again.
 * @returns why it may not be called; `null` when it may, and for a name that does not resolve now
 */
export type RefuseReceiver = (url: string) => Promise<string | null>;
