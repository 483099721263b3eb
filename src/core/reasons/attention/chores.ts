import { sayAny, sayWhy } from '../../circumstances/sentences';
import type { Why } from '../why';
import type { ChoreName } from '../../chore';
import { minuteOf } from './words';

/** What people lose while a chore fails. */
const consequences: Readonly<Record<ChoreName, string>> = {
  'storage-writes': 'Work that waited for the disk is not done',
  restores: 'The marker that identifies an older copy of the database is out of date',
  'device-writes': "The devices' latest activity is not saved",
  'lost-installations': 'Silent installations are not marked as lost',
  'untrusted-rollouts': 'Rollouts of bundles that are no longer trusted are not paused',
  rollouts: 'Rollouts do not advance automatically',
  'journal-retention': 'Old events are not deleted',
  'fleet-history': 'The fleet history is not recorded',
  'server-clock': "The server's clock is not monitored",
  storage: 'Free disk space is not monitored',
  webhooks: 'Webhooks are not sent',
  'webhook-retention': 'Old webhook deliveries are not deleted',
  'bundle-verdicts': 'Stored bundles are not verified again',
  'image-checks': 'The images of stored bundles are not checked',
  'bundle-hashes': 'The SHA-1 and MD5 of older bundles are not computed, which hawkBit clients need',
  'server-certificate': 'The server certificate is not renewed',
  'asked-names': 'The names that devices ask for are not saved',
  'bundle-store': 'Bundles cannot be stored in the object store or fetched from it',
  'bundle-store-tidy': 'Leftovers in the object store are not removed',
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
    why: Why | null;
    remedy: Why | null;
  }) =>
    `${consequences[chore]}, since ${minuteOf(since)}${why === null ? '' : `: ${sayWhy(why)}`}. ${sayAny(remedy) ?? usualRemedy}`,
};
