import type { ChoreStatus } from '../../core/chore';
import { type Crash, partLeftOut } from '../../core/crash';
import { maxWaiting, type WebhookStatus } from '../../core/webhook';
import type { Dismissal } from '../../ports/dismissals';
import type { LastRestore } from '../../ports/restores';
import type { AttentionItem } from './attention-item';
import { ofChores } from './chore-attention';
import { ofStorage, type StorageFacts } from './storage-attention';

export interface ServerFacts extends StorageFacts {
  readonly at: Date;
  readonly webhooks: readonly WebhookStatus[];
  readonly chores: readonly ChoreStatus[];
  /** How the run before ended, if it was an exception that nothing caught. */
  readonly lastCrash?: Crash | undefined;
}

export interface RestoreFacts {
  /** When the database was last taken for an older copy, and why. */
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
  const { id, reason, at } = lastRestore;
  const kind = 'database-restored';
  const isSeen = dismissed.some((one) => one.kind === kind && one.subject === id);
  const message =
    `${reason} (${at.toISOString().slice(0, 16)}Z). Rollouts are paused, and devices with a pin are held: ` +
    'upload and release what was published since, resume or abort each rollout, lift holds where the pin is right, then dismiss this';
  return [{ kind, count: isSeen ? 0 : 1, message, subjects: [id] }];
}

function ofWebhooks(webhooks: readonly WebhookStatus[]): AttentionItem {
  const failing = webhooks.filter(({ isEnabled, failingSince }) => isEnabled && failingSince !== null);
  const message = `cannot deliver events to ${failing.map(({ name }) => name).join(', ')}`;
  return { kind: 'webhook-failing', count: failing.length, message };
}

/** The journal loses events when they are old: a receiver that never catches up would miss those. */
function ofFullWebhooks(webhooks: readonly WebhookStatus[]): AttentionItem {
  const full = webhooks.filter(({ isEnabled, waiting }) => isEnabled && waiting >= maxWaiting);
  const message =
    `${maxWaiting} or more events are waiting for ${full.map(({ name }) => name).join(', ')}; later ones stay in the journal until there ` +
    'is room. Check the receiver, or turn the webhook off to skip waiting events';
  return { kind: 'webhook-full', count: full.length, message };
}

function ofCrash(crash: Crash): AttentionItem {
  const part = partLeftOut(crash);
  const leftOut = part === null ? '' : ` It runs without ${part} until its next restart.`;
  return {
    kind: 'crashed',
    count: 1,
    message: `the server stopped after an internal error and was restarted: ${crash.message}.${leftOut}`,
  };
}
