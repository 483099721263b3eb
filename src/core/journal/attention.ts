import type { Lines } from './line-words';

export const attentionLines = {
  /** `item` is the sentence that was shown; `null` if none was shown any longer. */
  'attention-dismissed': ({ kind, item }: { kind: string; item: string | null }) =>
    item === null ? `${kind} was dismissed` : `dismissed: ${item}`,
} satisfies Lines;
