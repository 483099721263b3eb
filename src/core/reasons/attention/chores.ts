import type { ChoreName } from '../../chore';
import { minuteOf } from './words';

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

/** What needs attention about the server's recurring work. */
export const choreAttention = {
  'chore-failing': ({
    chore,
    since,
    why,
    remedy,
  }: {
    chore: ChoreName;
    since: string;
    /** `null` if only the log may show it. */
    why: string | null;
    remedy: string | null;
  }) =>
    `${consequences[chore]}, since ${minuteOf(since)}${why === null ? '' : `: ${why}`}. ${remedy ?? usualRemedy}`,
};
