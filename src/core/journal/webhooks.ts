import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Named {
  webhook: string;
}

export const webhookLines = {
  'webhook-created': ({ webhook }: Named) => `the webhook ${webhook} was created`,
  'webhook-turned-on': ({ webhook }: Named) => `the webhook ${webhook} was turned on`,
  'webhook-turned-off': ({ webhook }: Named) => `the webhook ${webhook} was turned off`,
  'webhook-in-order': ({ webhook }: Named) => `the webhook ${webhook} gets its events in order`,
  'webhook-in-any-order': ({ webhook }: Named) => `the webhook ${webhook} gets its events in any order`,
  'webhook-deleted': ({ webhook }: Named) => `the webhook ${webhook} was deleted`,
  'webhook-gave-up': ({ webhook, event, why }: Named & { event: number; why: Why | null }) =>
    `the webhook ${webhook} gave up on event ${event}${because(why)}`,
  'webhook-event-replayed': ({ webhook, event }: Named & { event: number }) =>
    `event ${event} is being sent again to the webhook ${webhook}`,
  'webhook-events-replayed': ({ webhook, events }: Named & { events: number }) =>
    `${events === 1 ? '1 event is' : `${events} events are`} being sent again to the webhook ${webhook}`,
  'webhook-tested': ({ webhook }: Named) => `this is a test of the webhook ${webhook}; nothing has happened`,
} satisfies Lines;
