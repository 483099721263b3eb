import type { AttentionKind } from '../../core/attention-kind';
import type { AttentionReason } from '../../core/reasons/attention/sentences';

/** Something that needs attention. */
export interface AttentionItem {
  readonly kind: AttentionKind;
  /** How many are affected. */
  readonly count: number;
  readonly compatible?: string;
  readonly channel?: string;
  readonly releaseId?: number;
  readonly bundleName?: string;
  readonly deviceId?: string;
  /** Ids of the first affected devices, at most 20. */
  readonly devices?: readonly string[];
  /** Those of `devices` that have a new certificate but have not used it yet. */
  readonly renewed?: readonly string[];
  /** Those of `devices` whose certificates are all revoked. */
  readonly revoked?: readonly string[];
  /** The devices in question were last heard from before this time. */
  readonly lastContactBefore?: Date;
  /** Why, and what to do, to be made into a sentence. */
  readonly reason: AttentionReason;
  /** What people can dismiss in it, such as ids of releases; missing if it can only go away on its own. */
  readonly subjects?: readonly string[];
}
