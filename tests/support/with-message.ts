import { type AttentionReason, attentionSentence } from '../../src/core/reasons/attention/sentences';

/** Items of attention with their sentences for people. */
export function withMessage<Item extends { readonly reason: AttentionReason }>(
  items: readonly Item[],
): readonly (Item & { readonly message: string })[] {
  return items.map((item) => ({ ...item, message: attentionSentence(item.reason) }));
}
