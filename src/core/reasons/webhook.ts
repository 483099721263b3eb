import type { Reasons } from './reason-words';

export const webhookReasons = {
  'no-such-webhook': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `there is no webhook ${JSON.stringify(name)}`,
    remedy: 'List the webhooks to see their names.',
  },
  'too-many-webhooks': {
    code: 'conflict',
    says: ({ maxWebhooks }: { maxWebhooks: number }) => `there are already ${maxWebhooks} webhooks`,
  },
  'webhook-name-taken': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `the webhook ${name} already exists`,
  },
  'receiver-did-not-take-it': {
    code: 'unavailable',
    says: ({ shown }: { shown: string }) => `the receiver did not accept it: ${shown}`,
    remedy: 'Check that this server can reach the URL and that the receiver answers with 200.',
  },
  'too-many-events-waiting': {
    code: 'conflict',
    says: ({ maxWaiting, name }: { maxWaiting: number; name: string }) =>
      `${maxWaiting} events are already waiting for the webhook ${name}`,
    remedy: 'Wait until the receiver has accepted some, then retry.',
  },
  'event-left-journal': {
    code: 'conflict',
    says: ({ eventId }: { eventId: number }) => `event ${eventId} is no longer in the journal`,
  },
  'no-delivery-of-event': {
    code: 'not-found',
    says: ({ name, eventId }: { name: string; eventId: number }) =>
      `the webhook ${name} has no delivery of event ${eventId}`,
    remedy: 'List its deliveries to see their events.',
  },
  'webhook-off': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `the webhook ${name} is off`,
    remedy: 'Turn it on, then retry.',
  },
} satisfies Reasons;
