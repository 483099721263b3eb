import { sayRefusal } from '../circumstances/refusals';
import type { Reasons } from './reason-words';
import type { Why } from './why';

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
    says: ({ shown }: { shown: Why }) => `the receiver did not accept it: ${sayRefusal(shown)}`,
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
  'receiver-refused': {
    code: 'invalid-input',
    says: ({ why }: { why: Why }) => sayRefusal(why),
    remedy: 'Name a receiver elsewhere, or start the server with WEBHOOK_ALLOW_LOCAL=true.',
  },
  'not-a-webhook-name': {
    code: 'invalid-input',
    says: () => 'that is not the name of a webhook',
    remedy: 'Use 1 to 64 letters, digits and ". _ -".',
  },
  'not-a-webhook-url': {
    code: 'invalid-input',
    says: () => 'that is not the URL of a webhook',
    remedy: 'Use http or https, a host and a path, without user and password.',
  },
  'not-an-event-kind': {
    code: 'invalid-input',
    says: ({ kind }: { kind: string }) => `${JSON.stringify(kind)} is not a kind of event`,
    remedy: 'Use kinds such as installation.failed, or "rollout." for every kind with that prefix.',
  },
  'not-a-webhook-secret': {
    code: 'invalid-input',
    says: () => 'that is not a valid secret',
    remedy: 'Use 16 to 256 printable characters without spaces.',
  },
} satisfies Reasons;
