import type { ChoreStatus } from '../../core/chore';
import { type Crash, partLeftOut } from '../../core/crash';
import { maxWaiting, type WebhookStatus } from '../../core/webhook';
import type { Dismissal } from '../../ports/dismissals';
import type { LastRestore } from '../../ports/restores';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';
import { ofChores } from './chore-attention';
import { ofStorage, type StorageFacts } from './storage-attention';

export interface ServerFacts extends StorageFacts {
  readonly at: Date;
  readonly webhooks: readonly WebhookStatus[];
  readonly chores: readonly ChoreStatus[];
  /** How the previous run ended, if by an uncaught exception. */
  readonly lastCrash?: Crash | undefined;
}

export interface RestoreFacts {
  /** When the database was last found to be an older copy, and why. */
  readonly lastRestore: LastRestore | undefined;
  /** What people dismissed. */
  readonly dismissed: readonly Dismissal[];
}

/** What needs attention about the server itself. */
export function ofServer(facts: ServerFacts): readonly AttentionItem[] {
  const { at, webhooks, chores, lastCrash } = facts;
  return [
    ofWebhooks(webhooks),
    ofFullWebhooks(webhooks),
    ...ofChores(chores, at, facts.writeProblem),
    ...(lastCrash === undefined ? [] : [ofCrash(lastCrash)]),
    ...ofStorage(facts),
  ];
}

/** Decisions made after the copy are lost, and only people can know them. */
export function ofRestore({ lastRestore, dismissed }: RestoreFacts): readonly AttentionItem[] {
  if (lastRestore === undefined) return [];
  const { id, reason: why, at } = lastRestore;
  const kind = 'database-restored';
  const isSeen = dismissed.some((one) => one.kind === kind && one.subject === id);
  const reason = attentionReason(kind, { why, at: at.toISOString() });
  return [{ kind, count: isSeen ? 0 : 1, reason, subjects: [id] }];
}

function ofWebhooks(webhooks: readonly WebhookStatus[]): AttentionItem {
  const failing = webhooks.filter(({ isEnabled, failingSince }) => isEnabled && failingSince !== null);
  const reason = attentionReason('webhook-failing', { webhooks: failing.map(({ name }) => name) });
  return { kind: 'webhook-failing', count: failing.length, reason };
}

/** The journal deletes old events: a receiver that never catches up would miss those. */
function ofFullWebhooks(webhooks: readonly WebhookStatus[]): AttentionItem {
  const full = webhooks.filter(({ isEnabled, waiting }) => isEnabled && waiting >= maxWaiting);
  const names = full.map(({ name }) => name);
  const reason = attentionReason('webhook-full', { webhooks: names, waiting: maxWaiting });
  return { kind: 'webhook-full', count: full.length, reason };
}

function ofCrash(crash: Crash): AttentionItem {
  const reason = attentionReason('crashed', { error: crash.message, part: partLeftOut(crash) });
  return { kind: 'crashed', count: 1, reason };
}
