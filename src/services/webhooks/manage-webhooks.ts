import { DomainError } from '../../core/errors';
import {
  type Actor,
  type EventKind,
  type JournalEvent,
  type NewEvent,
  noSubject,
  theServer,
} from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import { isKnownKind } from '../../core/event-filter';
import type { WebhookStatus } from '../../core/webhook';
import { shownError } from '../../core/webhook-error';
import type { DeliverEvent, RefuseReceiver, WebhookRecords } from '../../ports/webhooks';
import type { RandomBytes } from '../../ports/randomness';
import type { Clock } from '../../ports/clock';
import type { DescribeWebhooks } from './describe-webhooks';
import { noWebhook } from './no-webhook';

export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  /** Kinds, or nouns with a dot at their end; empty means all. */
  readonly kinds: readonly string[];
  /** Whether an event waits until earlier ones are delivered or given up; default: no. */
  readonly inOrder?: boolean;
  /** Signs the deliveries; default: a new random one. */
  readonly secret?: string;
}

/** People's webhooks. Changes are on disk when their promises resolve, with a line in the journal. */
export interface ManageWebhooks {
  /** By name. */
  list(): Promise<readonly WebhookStatus[]>;
  /**
   * It starts with the next event.
   * @returns the secret, which is not shown again
   * @throws DomainError `invalid-input`, `conflict` for a name in use
   */
  create(
    wanted: NewWebhook,
    actor: Actor,
  ): Promise<{ readonly webhook: WebhookStatus; readonly secret: string }>;
  /**
   * Turns a webhook on or off. On: it starts with the next event, without its failures. Off: waiting deliveries are skipped.
   * Without a change, nothing happens.
   * @throws DomainError `not-found`
   */
  setEnabled(name: string, isEnabled: boolean, actor: Actor): Promise<WebhookStatus>;
  /** Sets whether events wait for earlier ones. @throws DomainError `not-found` */
  setInOrder(name: string, inOrder: boolean, actor: Actor): Promise<WebhookStatus>;
  /** @throws DomainError `not-found` */
  remove(name: string, actor: Actor): Promise<void>;
  /** Sends an event that never happened. @throws DomainError `not-found`; `unavailable` with the receiver's answer */
  test(name: string): Promise<void>;
}

export interface ManageWebhooksPorts {
  readonly webhooks: WebhookRecords;
  readonly describe: DescribeWebhooks;
  readonly deliver: DeliverEvent;
  readonly refuseReceiver?: RefuseReceiver | undefined;
  readonly randomBytes: RandomBytes;
  readonly now: Clock;
}

const namePattern = /^[A-Za-z0-9._-]{1,64}$/;
const secretSizeBytes = 32;
const testIdSizeBytes = 12;
const secretPattern = /^[\x21-\x7e]{16,256}$/;
const maxWebhooks = 50;

export function createManageWebhooks(ports: ManageWebhooksPorts): ManageWebhooks {
  const { webhooks, describe, deliver, now } = ports;

  function line(
    kind: EventKind,
    actor: Actor,
    reason: EventReason<LineCode>,
    after?: NewEvent['after'],
  ): NewEvent {
    return { kind, at: now(), actor, reason, ...(after === undefined ? {} : { after }) };
  }

  return {
    list: () => describe.all(),

    async create({ name, url, kinds, inOrder = false, secret = newSecret(ports) }, actor) {
      check({ name, url, kinds, secret });
      const refused = (await ports.refuseReceiver?.(url)) ?? null;
      if (refused !== null) {
        throw DomainError.of('receiver-refused', { why: refused });
      }
      const made = { name, url, kinds, inOrder, createdAt: now(), createdBy: actor.name };
      const { origin } = new URL(url); // a path may contain a secret of the receiver
      const event = line('webhook.created', actor, saying('webhook-created', { webhook: name }), {
        origin,
        kinds,
      });
      const webhook = await webhooks.add(made, secret, [event], maxWebhooks);
      if (webhook === 'too-many') throw DomainError.of('too-many-webhooks', { maxWebhooks });
      if (webhook === 'name-in-use') throw DomainError.of('webhook-name-taken', { name });
      return { webhook: await describe.one(webhook), secret };
    },

    async setEnabled(name, isEnabled, actor) {
      const reason = saying(isEnabled ? 'webhook-turned-on' : 'webhook-turned-off', { webhook: name });
      const event = line('webhook.changed', actor, reason, { enabled: isEnabled });
      const webhook = await webhooks.setEnabled(name, isEnabled, event.at, [event]);
      if (webhook === undefined) throw noWebhook(name);
      return describe.one(webhook);
    },

    async setInOrder(name, inOrder, actor) {
      const reason = saying(inOrder ? 'webhook-in-order' : 'webhook-in-any-order', { webhook: name });
      const event = line('webhook.changed', actor, reason, { in_order: inOrder });
      const webhook = await webhooks.setInOrder(name, inOrder, [event]);
      if (webhook === undefined) throw noWebhook(name);
      return describe.one(webhook);
    },

    async remove(name, actor) {
      const event = line('webhook.deleted', actor, saying('webhook-deleted', { webhook: name }));
      if (!(await webhooks.remove(name, event.at, [event]))) throw noWebhook(name);
    },

    async test(name) {
      const found = await webhooks.find({ name });
      if (found === undefined) throw noWebhook(name);
      const id = `test_${ports.randomBytes(testIdSizeBytes).toString('base64url')}`;
      const failure = await deliver(found.webhook, found.secret, { id, event: testEvent(name, now()) });
      if (failure !== null) {
        const shown = shownError(failure, { url: found.webhook.url, secret: found.secret });
        throw DomainError.of('receiver-did-not-take-it', { shown });
      }
    },
  };
}

function newSecret({ randomBytes }: ManageWebhooksPorts): string {
  return `whsec_${randomBytes(secretSizeBytes).toString('base64')}`;
}

function testEvent(name: string, at: Date): JournalEvent {
  return {
    id: 0,
    at,
    kind: 'webhook.changed',
    actor: theServer,
    reason: saying('webhook-tested', { webhook: name }),
    message: '',
    subject: noSubject,
    before: null,
    after: null,
    repeats: null,
  };
}

function check({ name, url, kinds, secret }: Required<Omit<NewWebhook, 'inOrder'>>): void {
  if (!namePattern.test(name)) throw DomainError.of('not-a-webhook-name');
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  if (
    parsed === undefined ||
    !isWeb ||
    parsed.username !== '' ||
    parsed.password !== '' ||
    url.length > 1_000
  )
    throw DomainError.of('not-a-webhook-url');
  for (const kind of kinds) {
    if (kind.startsWith('webhook.') || !isKnownKind(kind))
      throw DomainError.of('not-an-event-kind', { kind: kind.slice(0, 80) });
  }
  if (!secretPattern.test(secret)) throw DomainError.of('not-a-webhook-secret');
}
