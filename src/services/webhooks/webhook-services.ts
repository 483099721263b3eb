import { partLeftOut } from '../../core/crash';
import type { UpTime } from '../clock/up-time';
import type { ServicePorts } from '../service-ports';
import { createDescribeWebhooks } from './describe-webhooks';
import { createManageDeliveries, type ManageDeliveries } from './manage-deliveries';
import { createManageWebhooks, type ManageWebhooks } from './manage-webhooks';
import { type SendWebhooks, WebhookSender } from './send-webhooks';

/** Where events are sent, and how they get there. */
export interface WebhookServices {
  readonly manageWebhooks: ManageWebhooks;
  readonly manageDeliveries: ManageDeliveries;
  readonly sendWebhooks: SendWebhooks;
}

export function createWebhookServices(ports: ServicePorts, upTime: Pick<UpTime, 'agoMs'>): WebhookServices {
  const { store, deliver, refuseReceiver, lastCrash, randomBytes, now } = ports;
  const { webhooks, deliveries, journal } = store;
  const isLeftOut = partLeftOut(lastCrash) === 'webhooks';
  const random = () => randomBytes(4).readUInt32BE() / 2 ** 32;
  const agoMs = (at: Date) => upTime.agoMs(at);
  const describe = createDescribeWebhooks({ webhooks, deliveries });
  const manage = { webhooks, describe, deliver, refuseReceiver, randomBytes, now };
  return {
    manageWebhooks: createManageWebhooks(manage),
    manageDeliveries: createManageDeliveries({ webhooks, deliveries, now }),
    sendWebhooks: new WebhookSender({
      webhooks,
      deliveries,
      describe,
      journal,
      deliver,
      isLeftOut,
      agoMs,
      now,
      random,
    }),
  };
}
