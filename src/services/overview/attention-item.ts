import type { AttentionKind } from '../../core/attention-kind';

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
  /** The devices in question were last heard before this. */
  readonly lastContactBefore?: Date;
  /** A sentence for people. */
  readonly message: string;
  /** What people can dismiss in it, such as ids of releases; missing when it can only go away on its own. */
  readonly subjects?: readonly string[];
}
