import { SharedRun } from '../../base/collections/shared-run';
import type { Webhook } from '../../core/webhook';
import type { Clock } from '../../ports/clock';
import type { DeliveryPlace, OpenDelivery, WebhookDeliveries } from '../../ports/webhook-deliveries';

export interface WebhookLanesPorts {
  readonly deliveries: Pick<WebhookDeliveries, 'due' | 'open' | 'letGo' | 'save'>;
  /** Attempts a delivery. @returns what to save about it; `undefined` when it was interrupted */
  readonly attempt: (delivery: OpenDelivery) => Promise<Outcome | undefined>;
  readonly now: Clock;
  readonly stop: AbortSignal;
}

/** The outcome of an attempt, as {@link WebhookDeliveries.save} takes it. */
export interface Outcome {
  readonly change: Parameters<WebhookDeliveries['save']>;
  /** Whether the receiver refused it, or could not be reached. */
  readonly hasFailed: boolean;
}

/** How many events are on their way to one receiver at a time; one if delivered in order. */
const parallel = 4;
/** After how many failures in a row the rest waits for the next look, which spares a receiver that is down. */
const failuresAtOnce = 4;
/** More than needed, because some of the due deliveries may be under way. */
const readAtOnce = 4 * parallel;

/** Sends what is due to one receiver, several at a time. */
export class WebhookLanes {
  readonly #inFlight = new Set<number>();
  /** Deliveries that were sent but not saved, by event. Until they are saved, nothing more is sent. They count as under way. */
  readonly #unsaved = new Map<number, Outcome['change']>();
  readonly #savingAgain = new SharedRun(() => this.#saveAgain());
  #failuresLeft = failuresAtOnce;

  constructor(private readonly ports: WebhookLanesPorts) {}

  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Continues until nothing is due. It may be called again meanwhile: nothing under way is sent twice. */
  async run(webhook: Pick<Webhook, 'id' | 'inOrder'>): Promise<void> {
    await this.#savingAgain.start();
    this.#failuresLeft = failuresAtOnce;
    const lanes = webhook.inOrder ? 1 : parallel;
    const ended = await Promise.allSettled(Array.from({ length: lanes }, () => this.#lane(webhook, lanes)));
    for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  }

  /** Releases deliveries that could not be saved, which are then sent again. Call it once nothing is on its way. */
  async close(): Promise<void> {
    for (const [place] of this.#unsaved.values()) await this.#letGo(place);
  }

  async #lane(webhook: Pick<Webhook, 'id' | 'inOrder'>, lanes: number): Promise<void> {
    while (this.#failuresLeft > 0 && this.#unsaved.size === 0) {
      const delivery = await this.#take(webhook, lanes);
      if (delivery === undefined) return;
      const { eventId } = delivery.delivery;
      try {
        const outcome = await this.ports.attempt(delivery);
        if (outcome === undefined) {
          await this.#letGo({ ...delivery.delivery, webhookId: webhook.id });
          return;
        }
        this.#failuresLeft = outcome.hasFailed ? this.#failuresLeft - 1 : failuresAtOnce;
        await this.#save(eventId, outcome.change);
      } finally {
        if (!this.#unsaved.has(eventId)) this.#inFlight.delete(eventId);
      }
    }
  }

  /** Takes the next due deliveries that are not under way. They count as under way from then on. */
  async #take(webhook: Pick<Webhook, 'id' | 'inOrder'>, lanes: number): Promise<OpenDelivery | undefined> {
    const { deliveries, now, stop } = this.ports;
    for (const place of await deliveries.due(webhook, now(), readAtOnce)) {
      if (stop.aborted || this.#inFlight.size >= lanes) return undefined;
      if (this.#inFlight.has(place.eventId)) continue;
      this.#inFlight.add(place.eventId);
      let opened: OpenDelivery | undefined;
      try {
        // A due delivery may have been sent since it was read.
        opened = await deliveries.open(place);
      } finally {
        if (opened === undefined) this.#inFlight.delete(place.eventId);
      }
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  /** An interrupted delivery is due at once. If this fails, its lease ends by itself. */
  async #letGo({ webhookId, eventId, attempts }: DeliveryPlace): Promise<void> {
    await this.ports.deliveries.letGo({ webhookId, eventId, attempts }).catch(() => undefined);
  }

  async #save(eventId: number, change: Outcome['change']): Promise<void> {
    try {
      await this.ports.deliveries.save(...change);
    } catch (error) {
      this.#unsaved.set(eventId, change);
      throw error;
    }
  }

  async #saveAgain(): Promise<void> {
    for (const [eventId, change] of this.#unsaved) {
      await this.ports.deliveries.save(...change);
      this.#unsaved.delete(eventId);
      this.#inFlight.delete(eventId);
    }
  }
}
