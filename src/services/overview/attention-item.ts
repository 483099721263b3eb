import type { AttentionKind } from '../../core/attention-kind';

/** Something that a person should look at. */
export interface AttentionItem {
  readonly kind: AttentionKind;
  /** How many there are of it. */
  readonly count: number;
  readonly compatible?: string;
  readonly channel?: string;
  readonly releaseId?: number;
  readonly bundleName?: string;
  readonly deviceId?: string;
  /** The devices that are meant were last heard of before this. */
  readonly lastContactBefore?: Date;
  /** A sentence for people. */
  readonly message: string;
  /** What a person may dismiss of it, such as ids of releases; missing when it goes away by itself alone. */
  readonly subjects?: readonly string[];
}
