import type { ReasonParameters } from '../reason-words';
import { certificateAttention } from './certificates';
import { choreAttention } from './chores';
import { deviceAttention } from './devices';
import { installationAttention } from './installations';
import { releaseAttention } from './releases';
import { serverAttention } from './server';
import { storageAttention } from './storage';

/** Every reason why something needs attention, in English. A translation is another table with the same keys. */
export const attentionSentences = {
  ...certificateAttention,
  ...choreAttention,
  ...deviceAttention,
  ...installationAttention,
  ...releaseAttention,
  ...serverAttention,
  ...storageAttention,
};

export type AttentionCode = keyof typeof attentionSentences;

/** Why something needs attention, as it is sent; its sentence is made at the edge. */
export interface AttentionReason {
  readonly code: AttentionCode;
  readonly parameters: ReasonParameters;
}

/** @param parameters what the sentence needs; its type follows from the code */
export function attentionReason<Code extends AttentionCode>(
  code: Code,
  parameters: Parameters<(typeof attentionSentences)[Code]>[0],
): AttentionReason {
  return { code, parameters: { ...parameters } };
}

/** Whether there are words for a code: a newer server may know more. */
export function isAttentionCode(code: unknown): code is AttentionCode {
  return typeof code === 'string' && Object.hasOwn(attentionSentences, code);
}

/** Makes the sentence, for people. */
export function attentionSentence({ code, parameters }: AttentionReason): string {
  // Parameters were checked against the code where the reason was made.
  return (attentionSentences[code] as (parameters: ReasonParameters) => string)(parameters);
}
