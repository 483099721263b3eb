import type { ReasonParameters } from '../reasons/reason-words';
import { accessLines } from './access';
import { attentionLines } from './attention';
import { bundleLines } from './bundles';
import { certificateLines } from './certificates';
import { deviceLines } from './devices';
import { installationLines } from './installations';
import { releaseLines } from './releases';
import { rolloutLines } from './rollouts';
import { webhookLines } from './webhooks';

/**
 * Every line of the journal, in English. A translation is another table with the same keys. Codes and what they need are stored:
 * what one needs may grow, and a code is never used for something else.
 */
export const lines = {
  ...accessLines,
  ...attentionLines,
  ...bundleLines,
  ...certificateLines,
  ...deviceLines,
  ...installationLines,
  ...releaseLines,
  ...rolloutLines,
  ...webhookLines,
};

export type LineCode = keyof typeof lines;

/** What the sentence of a line needs. */
export type LineParameters<Code extends LineCode> = Parameters<(typeof lines)[Code]>[0];

/** What a line of the journal says, as it travels and is stored: its sentence is made at the edge. */
export interface EventReason<Code extends string = string> {
  readonly code: Code;
  readonly parameters: ReasonParameters;
}

/** @param parameters what the sentence of the line needs: the compiler knows it by the code */
export function saying<Code extends LineCode>(
  code: Code,
  parameters: LineParameters<Code>,
): EventReason<LineCode> {
  return { code, parameters: { ...parameters } };
}
