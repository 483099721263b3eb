import { attentionSentence, isAttentionCode } from '../reasons/attention/sentences';
import { nothingMissing } from '../reasons/nothing-missing';
import type { NestedReason } from '../reasons/reason-words';
import type { Lines } from './line-words';

/** A reason why something needed attention; or its sentence, which earlier versions stored. */
type Item = string | NestedReason;

export const attentionLines = {
  /** `item` is what was shown; `null` if nothing was shown any longer. */
  'attention-dismissed': ({ kind, item }: { kind: string; item: Item | null }) => {
    const said = item === null ? undefined : sentenceOf(item);
    return said === undefined ? `${kind} was dismissed` : `dismissed: ${said}`;
  },
} satisfies Lines;

/** `undefined` for a reason that only another version knows. */
function sentenceOf(item: Item): string | undefined {
  if (typeof item === 'string') return item;
  const { code, parameters } = item;
  return isAttentionCode(code)
    ? attentionSentence({ code, parameters: nothingMissing(parameters) })
    : undefined;
}
