import { type ChoreName, type ChoreStatus, isWriteProblem, needsAttention } from '../../core/chore';
import { DomainError } from '../../core/errors';
import type { AttentionItem } from './attention-item';

/** What people lose while a chore fails. */
const consequences: Readonly<Record<ChoreName, string>> = {
  'storage-writes': 'work that waited for the disk is not done',
  restores: 'the marker that identifies an older copy of the database is out of date',
  'device-writes': "the devices' latest activity is not saved",
  'lost-installations': 'silent installations are not marked as lost',
  'untrusted-rollouts': 'rollouts of bundles that are no longer trusted are not paused',
  rollouts: 'rollouts do not advance automatically',
  'journal-retention': 'old events are not deleted',
  'fleet-history': 'the fleet history is not recorded',
  'server-clock': "the server's clock is not monitored",
  storage: 'free disk space is not monitored',
  webhooks: 'webhooks are not sent',
  'webhook-retention': 'old webhook deliveries are not deleted',
  'bundle-verdicts': 'stored bundles are not verified again',
  'image-checks': 'the images of stored bundles are not checked',
  'bundle-hashes': 'the SHA-1 and MD5 of older bundles are not computed, which hawkBit clients need',
  'server-certificate': 'the server certificate is not renewed',
  'asked-names': 'the names that devices ask for are not saved',
};

const usualRemedy = "See the server's log, and restart the server if that does not help.";

/**
 * Chores that have failed for a while, and what to do.
 * @param writeProblem what keeps writes from the disk; it has an item of its own, so chores that fail of it have none
 */
export function ofChores(
  chores: readonly ChoreStatus[],
  at: Date,
  writeProblem: DomainError | null,
): readonly AttentionItem[] {
  return chores.flatMap((chore): AttentionItem[] => {
    if (chore.failing === null || !needsAttention(chore, at)) return [];
    const { since, error } = chore.failing;
    if (isWriteProblem(error, writeProblem)) return [];
    // An unexpected failure may say anything: it is for the log.
    const expected = error instanceof DomainError ? error : undefined;
    const reason = expected === undefined ? '' : `: ${expected.message}`;
    const message =
      `${consequences[chore.name]}, since ${since.toISOString().slice(0, 16)}Z${reason}. ` +
      (expected?.remedy ?? usualRemedy);
    return [{ kind: 'chore-failing', count: 1, message }];
  });
}
