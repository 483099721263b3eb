import { compareNaturally } from '../../base/text/natural-order';
import { emptyQueue, type Webhook, type WebhookStatus } from '../../core/webhook';
import type { WebhookDeliveries } from '../../ports/webhook-deliveries';
import type { WebhookRecords } from '../../ports/webhooks';

/** Describes the status of webhooks. */
export interface DescribeWebhooks {
  /** By name. @throws DomainError `unavailable` */
  all(): Promise<readonly WebhookStatus[]>;
  /** @throws DomainError `unavailable` */
  one(webhook: Webhook): Promise<WebhookStatus>;
}

export interface DescribeWebhooksPorts {
  readonly webhooks: Pick<WebhookRecords, 'all'>;
  readonly deliveries: Pick<WebhookDeliveries, 'queues'>;
}

/** Joins webhooks with their waiting deliveries. */
export function createDescribeWebhooks({ webhooks, deliveries }: DescribeWebhooksPorts): DescribeWebhooks {
  async function describe(some: readonly Webhook[]): Promise<readonly WebhookStatus[]> {
    const queues = await deliveries.queues();
    return some.map((webhook) => {
      const queue = queues.get(webhook.id) ?? { ...emptyQueue, lastError: null };
      return { ...webhook, ...queue, lastError: queue.lastError ?? webhook.lastError };
    });
  }
  return {
    all: async () => describe([...(await webhooks.all())].sort((a, b) => compareNaturally(a.name, b.name))),
    async one(webhook) {
      const [status] = await describe([webhook]);
      return status ?? { ...webhook, ...emptyQueue };
    },
  };
}
