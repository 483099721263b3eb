import type { AttentionKind } from '../../core/attention-kind';
import type { AttentionReason } from '../../core/reasons/attention/sentences';

/** Something that needs attention. */
export interface AttentionItem {
  readonly kind: AttentionKind;
  /** How many there are of it. */
  readonly count: number;
  readonly compatible?: string;
  readonly channel?: string;
  readonly releaseId?: number;
  readonly bundleName?: string;
  readonly deviceId?: string;
  /** Ids of the first devices that it is about: at most 20. */
  readonly devices?: readonly string[];
  /** Those of `devices` that have a new certificate, and have not come with it yet. */
  readonly renewed?: readonly string[];
  /** Those of `devices` whose certificates are all revoked. */
  readonly revoked?: readonly string[];
  /** The devices in question were last heard before this. */
  readonly lastContactBefore?: Date;
  /** Why, and what to do: a sentence for people is made of it. */
  readonly reason: AttentionReason;
  /** What people can dismiss in it, such as ids of releases; missing when it can only go away on its own. */
  readonly subjects?: readonly string[];
}
