import type { Circumstances } from '../reasons/why';

/** Why a webhook's receiver did not accept an event, or may not be called. */
export const receiverCircumstances = {
  'receiver-answered': ({ status }: { status: number }) => `it answered with HTTP ${status}`,
  'receiver-silent': ({ limitMs }: { limitMs: number }) => `no answer within ${limitMs / 1_000} s`,
  'receiver-hung-up': () => 'it closed the connection without an answer',
  'receiver-without-address': ({ host }: { host: string }) => `${host} has no address`,
  'receiver-is-local': ({ host }: { host: string }) =>
    `${host} is a loopback or link-local address, which webhooks may not call (WEBHOOK_ALLOW_LOCAL)`,
  'event-pruned': () => 'the event is no longer in the journal',
} satisfies Circumstances;
